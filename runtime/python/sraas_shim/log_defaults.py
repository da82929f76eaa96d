"""What `logging` does as long as user code has not set it up."""

FORMAT = "%(levelname)s: %(message)s"


def set_log_defaults(logging):
    """INFO and above goes to stderr, as `LEVEL: message`. No handler is added: what user code sets up applies at once."""
    logging.root.setLevel(logging.INFO)
    last_resort = logging.lastResort
    if last_resort is not None:
        last_resort.setLevel(logging.NOTSET)
        last_resort.setFormatter(logging.Formatter(FORMAT))
    # The format of basicConfig, which `logging.info(…)` and its like call by themselves when there is no handler yet.
    styles = getattr(logging, "_STYLES", {})
    if "%" in styles:
        styles["%"] = (styles["%"][0], FORMAT)
