"""Runs `mlflow ...` once MLflow's first user is there: `python -m tracked.admin.with_login server ...`.

MLflow does this itself for the application that it calls basic-auth, and for none that is built around it. In a worker
it would be too late: the server starts one that fails again and again, and says nothing else.
"""

from mlflow.cli import cli
from mlflow.server.auth import bootstrap_admin_user, get_flask_server_secret_key

if __name__ == "__main__":
    get_flask_server_secret_key()
    bootstrap_admin_user()
    cli()
