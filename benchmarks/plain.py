"""Two apps to compare intake with. Both check the same body by the same model; one then commits, the other does nothing."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import uvicorn
from fastapi import FastAPI, Header, Response

from services.intake.requests import CaseBody

TABLES = """
create table idempotency (client text, key text, answer bytea, primary key (client, key));
create table event (id bigserial primary key, type text not null, body jsonb not null);
"""
POOL = 20


def doing_nothing() -> FastAPI:
    """Return the app that checks the body and says yes."""
    app = FastAPI()

    @app.post("/cases", status_code=201)
    async def post_case(body: CaseBody) -> dict[str, str]:
        return {"case_id": body.external_ref}

    return app


def committing(url: str) -> FastAPI:
    """Return the app that most people would write: an idempotency row and an event row in one transaction per request."""

    @asynccontextmanager
    async def connected(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=POOL, max_size=POOL) as app.state.pool:
            yield

    app = FastAPI(lifespan=connected)

    @app.post("/cases", status_code=201)
    async def post_case(body: CaseBody, key: Annotated[str, Header(alias="Idempotency-Key")]) -> Response:
        answer = json.dumps({"case_id": body.external_ref}).encode()
        async with app.state.pool.acquire() as db, db.transaction():
            sql = "insert into idempotency values ('client', $1, $2) on conflict do nothing returning 1"
            if await db.fetchval(sql, key, answer) is None:
                answer = await db.fetchval("select answer from idempotency where (client, key) = ('client', $1)", key)
            else:
                await db.execute("insert into event (type, body) values ('case.registered', $1)", body.model_dump_json())
        return Response(answer, 201, media_type="application/json")

    return app


if __name__ == "__main__":
    app = committing(sys.argv[2]) if len(sys.argv) > 2 else doing_nothing()
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
