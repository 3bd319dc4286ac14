"""What the operator sets about a service's memory and its log."""

from libs.web.environment import setting, settings


@settings
class StoreSettings:
    """Where a service keeps what it knows, and where the log is."""

    database_url: str = setting("LOOPDESK_DATABASE_URL", default="", meaning="PostgreSQL, version 15 or newer.")
    kafka: str = setting("LOOPDESK_KAFKA", default="", meaning="Kafka's address; the log is in PostgreSQL when it is empty.")
    lease_seconds: float = setting(
        "LOOPDESK_LEASE_SECONDS", default=10.0, meaning="How long a silent instance keeps its partitions.", unit="seconds"
    )

    @property
    def log_url(self) -> str:
        return f"kafka://{self.kafka}" if self.kafka else self.database_url


@settings
class AuditSettings:
    """How long a service remembers who has read what is personal."""

    reads_days: int = setting(
        "LOOPDESK_READS_DAYS",
        default=730,
        meaning="How long the audit keeps who has read what is personal.",
        unit="days",
        at_least=1,
        at_most=36_500,
    )
