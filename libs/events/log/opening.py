"""The logs facts can live in: in memory, in PostgreSQL, in Kafka. Each passes libs.events.testing.log_contract."""

from urllib.parse import urlsplit

from libs.events.log.port import Log


def open_log(url: str) -> Log:
    """Return a new client of the log at `url`; it connects when first used.

    `memory://name` is a log of this process, `postgresql://…` the tables of that database's schema `log`,
    `kafka://host:port,host:port` a cluster; `kafka://host:port/prefix` sees the topics so named as if they had no prefix.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "memory":
            from libs.events.log.memory import MemoryLog, store_named

            return MemoryLog(store_named(parts.netloc))
        case "postgresql" | "postgres":
            from libs.events.log.postgres import PostgresLog

            return PostgresLog(url)
        case "kafka":
            from libs.events.log.kafka import KafkaLog

            return KafkaLog(parts.netloc, prefix=parts.path.lstrip("/"))
        case _:
            raise ValueError(f"{url!r} is no log; write memory://name, postgresql://… or kafka://host:port")
