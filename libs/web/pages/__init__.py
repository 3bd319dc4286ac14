"""The shell of the pages: what every page of every service shares. A service's own pages are in `services/<name>/pages`."""
