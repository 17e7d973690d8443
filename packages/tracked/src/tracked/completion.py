"""Tab completion in bash: `eval "$(tracked completion)"` completes commands, stages, and what Hydra knows of settings.

Hydra's own rule (`-sc install=bash`) knows neither `tracked run STAGE` nor `python -m MODULE`.
"""

import argparse

from tracked.project import project

SCRIPT = r"""
_tracked() {
    local word=${COMP_WORDS[COMP_CWORD]} first=2 settings=() given choices
    COMPREPLY=()
    if [[ ${COMP_WORDS[0]} == python* ]]; then
        first=3
        [[ ${COMP_WORDS[1]} == -m ]] || return
        if ((COMP_CWORD == 2)); then
            choices="MODULES"
        elif [[ " MODULES " != *" ${COMP_WORDS[2]} "* ]]; then
            return  # a module without settings
        fi
    elif ((COMP_CWORD == 1)); then
        choices="COMMANDS"
    elif [[ ${COMP_WORDS[1]} != run ]]; then
        return
    elif ((COMP_CWORD == 2)); then
        choices="STAGES"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    if ((${#COMPREPLY[@]} == 0 && COMP_CWORD >= first)); then
        for given in "${COMP_WORDS[@]:first:COMP_CWORD-first}"; do
            [[ $given == *=* ]] && settings+=("$given")
        done
        # Without the stage: the settings are the same, and there is less to import.
        choices=$(COMP_LINE="tracked ${settings[*]} $word" tracked run -sc query=bash 2>/dev/null)
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
        # A value is whole; a name goes on with "=", "." or "/".
        [[ ${COMPREPLY[0]} == *=?* ]] || return
    fi
    [[ ${#COMPREPLY[@]} == 1 ]] && COMPREPLY[0]+=" "
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//[=@]}
complete -o nospace -o default -F _tracked tracked python python3
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_given: argparse.Namespace) -> None:
    from tracked.command import COMMANDS

    names = list(project().stages)
    modules = [project().module(name) for name in names if not project().is_command(name)]
    words = {
        "MODULES": " ".join(dict.fromkeys([project().package, *modules])),
        "COMMANDS": " ".join(["run", *COMMANDS]),
        "STAGES": " ".join(names),
    }
    script = SCRIPT.strip()
    for word, value in words.items():
        script = script.replace(word, value)
    print(script)
