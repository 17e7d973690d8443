"""What the rows and pages of runs say."""

ABOUT = {
    "make": "Makes numbers.",
    "judge": "Judges the lines.",
    "configuration": "One configuration.",
    "sweep": "Several settings.",
}


def flat(settings, prefix=""):
    out = {}
    for key, value in settings.items():
        out |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: str(value)}
    return out


def params(stage, settings):
    return {"seed": str(settings["seed"]), **flat(settings.get(stage, {}))}


def columns(settings, stages=None):
    return {"rate": ", ".join(str(settings[stage]["rate"]) for stage in stages or ("fit_slow", "fit_fast"))}


def results(figures, settings):
    return "\n".join(f"| {net} | {found['test_accuracy']:.2f} |" for net, found in figures.items())


def summary(figures, others):
    return f"judged {', '.join(figures)} on {others['n_test']} numbers."


def draw(folder, title, rows):
    file = folder / "comparison.png"
    file.write_bytes(b"")
    return [file]
