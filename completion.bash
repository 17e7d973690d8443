# Tab completes `python -m pipeline.NAME ...` in bash, by what Hydra answers: `source completion.bash`.
# Hydra's own rule (`-sc install=bash`) knows `python FILE.py` and installed commands only.
_pipeline() {
    local word=${COMP_WORDS[COMP_CWORD]} overrides=() given choices
    COMPREPLY=()
    [[ ${COMP_WORDS[1]} == -m ]] || return
    if ((COMP_CWORD == 2)); then
        choices=$(grep -ls __main__ pipeline/*.py | sed 's|/|.|; s|\.py$||; s|\.__main__$||')
    elif [[ ${COMP_WORDS[2]} == pipeline || ${COMP_WORDS[2]} == pipeline.* ]]; then
        for given in "${COMP_WORDS[@]:3:COMP_CWORD-3}"; do
            [[ $given == -* ]] || overrides+=("$given")
        done
        # The package, not the stage: the settings are the same, and it has less to import.
        choices=$(COMP_LINE="pipeline ${overrides[*]} $word" "${COMP_WORDS[0]}" -m pipeline -sc query=bash 2>/dev/null)
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} != *[=./] ]] && COMPREPLY[0]+=" "
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
complete -o nospace -o default -F _pipeline python python3
