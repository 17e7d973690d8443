"""The options of Hydra's command line, checked before Hydra reads them: some take other settings than conf/."""

from argparse import Namespace
from typing import NoReturn

from hydra._internal.utils import get_args_parser

from tracked.errors import UserError

OTHERS = ("config_path", "config_name", "config_dir", "experimental_rerun")  # the last unpickles a file


def parsed() -> Namespace:
    """The command line as Hydra reads it. Raises UserError for a wrong option."""
    parser = get_args_parser()

    def refuse(message: str) -> NoReturn:
        raise UserError(f"{message} (--help shows what there is)")

    parser.error = refuse  # type: ignore[method-assign]
    args = parser.parse_args()
    for flag in OTHERS:
        if getattr(args, flag) is not None:
            raise UserError(f"--{flag.replace('_', '-')}: the settings come from conf/ alone")
    if sum(map(bool, (args.run, args.cfg, args.multirun, args.info, args.shell_completion))) > 1:
        raise UserError("--run, --multirun, --cfg and --info exclude each other")
    if args.resolve and not args.cfg:
        raise UserError("--resolve goes with --cfg")
    return args
