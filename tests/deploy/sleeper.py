"""`python -m tests.deploy.sleeper sla`: a service on a machine so busy that it has not come to say anything."""

import time

time.sleep(60)
