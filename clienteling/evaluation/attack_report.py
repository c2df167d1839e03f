"""The report on attacks as people read it."""

from collections.abc import Sequence

from clienteling.evaluation.attacks import CheckReport, Rate

_CAVEAT = (
    "Clips made by `clienteling build-attacks` are simulated. Figures on them say what the check\n"
    "does against that look and that motion, not against a print before your own camera."
)


def write_attack_report(reports: Sequence[CheckReport]) -> str:
    """Markdown: a table for each set of checks."""
    parts = [_CAVEAT]
    for report in reports:
        real = f"{report.bpcer.presentations} real approaches"
        unseen = f"{report.bpcer.no_response} without a usable face"
        lines = [
            f"## {report.check}",
            "",
            "| presented | clips | no usable face | APCER (95 %) |",
            "|---|---|---|---|",
            *(_line(kind, rate) for kind, rate in report.apcer.items()),
            "",
            f"BPCER {_share(report.bpcer)} of {real}; {unseen}.",
        ]
        for share, kinds in report.at_bpcer.items():
            told = (
                "too few real approaches to tell"
                if kinds is None
                else ", ".join(f"{kind} {rate:.0%}" for kind, rate in kinds.items())
            )
            lines.append(f"APCER at BPCER {float(share):.0%}: {told}.")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _line(kind: str, rate: Rate) -> str:
    return f"| {kind} | {rate.presentations} | {rate.no_response} | {_share(rate)} |"


def _share(rate: Rate) -> str:
    if rate.rate is None or rate.interval is None:
        return "not measured"
    low, high = rate.interval
    return f"{rate.rate:.0%} ({low:.0%} to {high:.0%})"
