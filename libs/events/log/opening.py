"""The logs in which a running service's facts can live: in PostgreSQL, in Kafka. Each passes libs.events.testing.log_contract."""

from urllib.parse import urlsplit

from libs.events.log.port import Log


def open_log(url: str) -> Log:
    """Return a new client of the log at `url`; it connects when first used.

    `postgresql://…` is the tables of that database's schema `log`, `kafka://host:port,host:port` a cluster;
    `kafka://host:port/prefix` sees the topics so named as if they had no prefix.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "postgresql" | "postgres":
            from libs.events.log.postgres import PostgresLog

            return PostgresLog(url)
        case "kafka":
            from libs.events.log.kafka import KafkaLog

            return KafkaLog(parts.netloc, prefix=parts.path.lstrip("/"))
        case _:
            raise ValueError(f"{url!r} is no log; write postgresql://… or kafka://host:port")
