"""What tests of every part use and may ship: samples, golden files, conformance suites, the simulated world."""
