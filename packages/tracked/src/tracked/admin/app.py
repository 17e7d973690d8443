"""MLflow's own application without its assistant, for `mlflow server --app-name tracked`, or `tracked-login`.

The assistant runs shell commands for whoever reaches the server from this machine, with a login or without: for any of
its users, and through a proxy on it for any visitor. MLflow has no setting that switches it off.
"""

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Looked for in the path as the server has decoded it, which is what the router reads, behind any prefix. Wider than the
# routes are: any version, any case, any number of slashes.
ASSISTANT = re.compile(r"/(ajax-)?api/+[^/]+/+mlflow/+assistant(/|\s|$)", re.IGNORECASE)
# Where the page keeps that the panel is closed, and has opened by itself before; that the registry's advertisement has
# been read; and that experiments are trainings, not chats with language models, unless a user has chosen. Then what
# would open the panel.
CHOSEN = b"""<script>\
localStorage.setItem("mlflow.assistant.panelOpen_v1", "false");\
localStorage.setItem("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", "true");\
localStorage.setItem("_mlflow_model_registry_promo_modal_dismissed_v1", "true");\
localStorage.getItem("mlflow.workflowType_v1") ?? localStorage.setItem("mlflow.workflowType_v1", '"machine_learning"')\
</script><style>[data-assistant-ui], [id$="trigger-assistant"] { display: none !important }</style>"""

# A browser may have the page from a server that had the assistant: it gets this one, in full.
CONDITIONS = {b"if-none-match", b"if-modified-since", b"range"}
OF_THE_BODY = {b"content-length", b"etag", b"last-modified"}


def create_app() -> "ASGIApp":
    """MLflow's application, for a server that asks nobody who they are."""
    adapt_mlflow()
    from mlflow.server.fastapi_app import app

    return without_assistant(app)


def create_login_app() -> "ASGIApp":
    """MLflow's `basic-auth`, which asks for a user and a password."""
    adapt_mlflow()
    from mlflow.server import auth

    return without_assistant(auth.create_app())


def adapt_mlflow() -> None:
    """As `tracked.store.database_uri` says."""
    from tracked.store import database_uri

    database_uri.adapt_mlflow(os.environ.get("MLFLOW_BACKEND_STORE_URI", ""))


def without_assistant(app: "ASGIApp") -> "ASGIApp":
    """The application, but there is no assistant in it, and its page offers none and shows trainings first."""
    from mlflow.server.handlers import STATIC_PREFIX_ENV_VAR
    from starlette.routing import Router

    nothing = Router()  # without a route: answers 404
    page = os.environ.get(STATIC_PREFIX_ENV_VAR, "").rstrip("/") + "/"

    async def served(scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "lifespan" and ASSISTANT.search(scope["path"]):
            await nothing(scope, receive, send)
        elif scope.get("method") == "GET" and scope["path"] == scope.get("root_path", "") + page:
            asked = [header for header in scope["headers"] if header[0] not in CONDITIONS]
            await app({**scope, "headers": asked}, receive, with_choices(send))
        else:
            await app(scope, receive, send)

    return served


def with_choices(send: "Send") -> "Send":
    """Send a page that closes the assistant's panel, and chooses the view of trainings, before anything in it runs."""
    start: Message = {}
    body = b""

    async def chosen(message: "Message") -> None:
        nonlocal body
        if message["type"] == "http.response.start":
            start.update(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = body.replace(b"<head>", b"<head>" + CHOSEN, 1)
        kept = [header for header in start["headers"] if header[0] not in OF_THE_BODY]
        await send({**start, "headers": [*kept, (b"content-length", b"%d" % len(body))]})
        await send({**message, "body": body})

    return chosen
