"""The composition root: `python -m services sla` runs one service, `python -m services all` all of them in one process."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from fastapi import FastAPI

from libs.events.engine import tracing
from libs.events.engine.runtime import collect_rarely
from libs.events.engine.service import Service
from libs.events.engine.tracing import TracingMissing
from libs.service.settings import StoreSettings
from libs.web import logs
from libs.web.environment import BadSetting, from_environment
from libs.web.pages.site import SITE
from libs.web.serve import CannotServe, serve
from libs.web.settings import WebSettings

PORTS = {name: place.port for name, place in SITE.items()}
"""Every service and the port it listens on unless told otherwise."""


def service_of(name: str) -> Service:
    """Return a service's form."""
    module = import_module(f"services.{name}.service")
    # What an operator chose may change what a service's tables are.
    service: Service = module.configured() if hasattr(module, "configured") else module.SERVICE
    return service


def app_of(name: str) -> tuple[FastAPI, WebSettings]:
    """Return a service's app and where it listens."""
    store = from_environment(StoreSettings, service=name)
    if not store.database_url:
        raise BadSetting("LOOPDESK_DATABASE_URL is not set. Give a PostgreSQL address, or run `loopdesk up`, which has its own.")
    web = WebSettings.from_env(service=name, port=PORTS[name])
    app: FastAPI = import_module(f"services.{name}.service").app(store, web)
    return app, web


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for until a signal."""
    names = list(PORTS) if list(arguments) == ["all"] else list(arguments)
    if not names or set(names) - set(PORTS):
        sys.stderr.write(f"usage: python -m services {'|'.join(PORTS)}|all\n")
        return 2
    try:
        told = from_environment(logs.LogSettings, service=names[0] if len(names) == 1 else "")
        logs.configure(level=told.level)
        if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
            tracing.start(names[0] if len(names) == 1 else "all")
        apps = [app_of(name) for name in names]
        collect_rarely()
        serve(*apps)
    except (BadSetting, CannotServe, TracingMissing) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
