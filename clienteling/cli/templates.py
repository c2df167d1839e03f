"""The store's templates as a whole: renewing them without new pictures."""

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError


def add_commands(commands: Parsers) -> None:
    templates = add_group(commands, "templates", "The store's face templates")
    add_command(
        templates,
        "renew",
        run_renew,
        "Turn every template with a new key of the store (needs a second person)",
        "templates renew",
    )


def run_renew(args: Args) -> int:
    from tqdm import tqdm

    from clienteling.access.approvals import Matter, require
    from clienteling.customers.renewal import is_under_way, renew_templates
    from clienteling.home import open_home

    office = open_home(home_path()).office
    if not is_under_way(office):
        require(office, Matter.KEYS, "renew-templates", actor="command")
    turned = 0
    with tqdm(desc="templates", unit="", disable=None) as bar:

        def tell(done: int, total: int) -> None:
            nonlocal turned
            turned, bar.total = done, total
            bar.update()

        left = renew_templates(office, actor="command", tell=tell)
    if left:
        raise PartlyDoneError(
            f"{left} templates wait: their consent has lapsed, so nobody may open them. The old "
            "key goes when they are swept; everything else is renewed."
        )
    emit(args, {"renewed": turned}, "Every template is renewed, and the key before is gone.")
    return 0
