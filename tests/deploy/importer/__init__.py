"""Tests of deploy/importer."""
