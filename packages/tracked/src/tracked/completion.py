"""Tab completion in bash: `eval "$(tracked completion)"`, by what Hydra answers.

Hydra's own rule (`-sc install=bash`) knows `python FILE.py` and installed commands only.
"""

import argparse

from tracked.project import project

SCRIPT = r"""
_tracked() {
    local word=${COMP_WORDS[COMP_CWORD]} settings=() first given choices
    COMPREPLY=()
    if [[ ${COMP_WORDS[0]} == python* ]]; then
        [[ ${COMP_WORDS[1]} == -m ]] || return
        case ${COMP_WORDS[2]} in PACKAGE|PACKAGE.*) ;; *) ((COMP_CWORD == 2)) || return ;; esac
        first=3 choices="PACKAGE STAGE_MODULES"
    else
        first=2 choices="COMMANDS"
        ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == run ]] || return
    fi
    if ((COMP_CWORD >= first)); then
        for given in "${COMP_WORDS[@]:first:COMP_CWORD-first}"; do
            [[ $given == *=* ]] && settings+=("$given")
        done
        # Without the stage: the settings are the same, and there is less to import.
        choices=$(COMP_LINE="tracked ${settings[*]} $word" tracked run -sc query=bash 2>/dev/null)
        ((COMP_CWORD == first)) && [[ ${COMP_WORDS[1]} == run ]] && choices+=" STAGES"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    # A command or a value is whole; a name goes on with "=", "." or "/".
    [[ ${#COMPREPLY[@]} == 1 && (${COMPREPLY[0]} == *=?* || COMP_CWORD -lt first) ]] && COMPREPLY[0]+=" "
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
complete -o nospace -o default -F _tracked tracked python python3
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_given: argparse.Namespace) -> None:
    from tracked.command import COMMANDS

    stages = list(project().stages)
    words = {
        "STAGE_MODULES": " ".join(project().module(stage) for stage in stages),
        "PACKAGE": project().package,
        "COMMANDS": " ".join(["run", *COMMANDS]),
        "STAGES": " ".join(stages),
    }
    script = SCRIPT.strip()
    for word, value in words.items():
        script = script.replace(word, value)
    print(script)
