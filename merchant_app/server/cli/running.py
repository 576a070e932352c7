"""serve, openapi.

What serves (FastAPI, uvicorn) is loaded by these two alone: it takes as long to load as all the
rest, and every other command would wait for it.
"""

from __future__ import annotations

import logging
import os
import sys
from argparse import Namespace
from typing import cast

from merchant_app.log import JsonLines
from merchant_app.server import enrolling, sample, sample_plan
from merchant_app.server.catalogue import shop_by_slug
from merchant_app.server.cli.opening import opened
from merchant_app.server.cli.output import say
from merchant_app.server.listening import Listening, bind, write_ready_file
from merchant_app.server.service import Service


def serve(arguments: Namespace) -> int:
    """Answer tills until told to stop."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    listening = Listening(arguments.host, arguments.port, arguments.tls_cert, arguments.tls_key)
    # The port first: whoever started this twice by mistake hears so before a schema is touched.
    bound = bind(listening)
    with bound, opened(arguments) as service:
        extra = _prepare_training(service) if arguments.training else {}
        # What a crash left stored and unevaluated, before the first till asks.
        service.recovery.finish_complete()
        service.evaluator.evaluate_all()

        def ready(url: str) -> None:
            if arguments.ready_file is not None:
                content = {"url": url, "pid": os.getpid(), "training": arguments.training, **extra}
                write_ready_file(arguments.ready_file, content)
            say(f"merchant-central listens on {url}")

        from merchant_app.server import serving
        from merchant_app.server.api import create_app
        from merchant_app.server.training_line import TrainingLine

        serving.serve(
            create_app(service),
            bound,
            listening,
            on_ready=ready,
            until_closes=sys.stdin.buffer if arguments.until_stdin_closes else None,
            line=TrainingLine() if arguments.training else None,
        )
    return 0


def _prepare_training(service: Service) -> dict[str, object]:
    """The sample, and a code with which the till in training enrols itself."""
    sample.fill(service)
    with service.database.writing() as connection:
        code = enrolling.offer(
            connection,
            shop=shop_by_slug(connection, sample_plan.PRACTICE_SHOP.slug),
            till_name=None,
            now=service.clock.now(),
            random_bytes=service.random_bytes,
        )
    return {"enrolment_code": code}


def openapi(_arguments: Namespace) -> int:
    """Print the OpenAPI description."""
    from merchant_app.server import openapi as description
    from merchant_app.server.api import create_app

    # Nothing is served: the description only asks the service for its clock.
    app = create_app(cast("Service", _NoService()))
    sys.stdout.buffer.write(description.as_text(app.openapi()).encode())
    return 0


class _NoService:
    clock = None
    random_bytes = None
