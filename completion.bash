# Tab completes `python -m pipeline.NAME ...` in bash, by what Hydra answers: `source completion.bash`.
# Hydra's own rule (`-sc install=bash`) knows `python FILE.py` and installed commands only.
_pipeline() {
    local word=${COMP_WORDS[COMP_CWORD]} module=${COMP_WORDS[2]} overrides=() given choices
    COMPREPLY=()
    [[ ${COMP_WORDS[1]} == -m ]] || return
    if ((COMP_CWORD == 2)); then
        choices=$(grep -ls __main__ pipeline/*.py | sed 's|/|.|; s|\.py$||; s|\.__main__$||')
    elif [[ $module == pipeline ]] || grep -qs '^    main(run)' "${module//.//}.py"; then  # others have no settings
        for given in "${COMP_WORDS[@]:3:COMP_CWORD-3}"; do
            [[ $given == -* ]] || overrides+=("$given")
        done
        # The package, not the stage: the settings are the same, and it has less to import.
        choices=$(COMP_LINE="pipeline ${overrides[*]} $word" "${COMP_WORDS[0]}" -m pipeline -sc query=bash 2>/dev/null)
    fi
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    # A module or a value is whole; a name goes on with "=", "." or "/".
    [[ ${#COMPREPLY[@]} == 1 && (${COMPREPLY[0]} == *=?* || $COMP_CWORD == 2) ]] && COMPREPLY[0]+=" "
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
complete -o nospace -o default -F _pipeline python python3
