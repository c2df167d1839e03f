"""What a witness cosigns, and what makes it refuse, shout and keep the evidence."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clienteling.errors import StartError, UsageError
from clienteling.witness.errors import AlarmError, ClockError, HubAwayError
from clienteling.witness.folder import WitnessFolder
from clienteling.witness.watch import look
from consent.log.cosignatures import cosign, cosigned_at, with_lines
from consent.log.notes import is_signed, parse_checkpoint, sign_checkpoint
from consent.log.witnesses import witnesses
from consent.office import Office
from tests.support.tampering import behind_its_back, cut_to
from tests.support.witnesses import NAME, OfficeLog, act, log_key, register


@pytest.fixture
def folder(office: Office, tmp_path: Path) -> WitnessFolder:
    made = WitnessFolder.make(
        tmp_path / "witness", NAME, "https://hub.example", log_key(office), None
    )
    register(office, made)
    return made


@pytest.fixture
def log(office: Office) -> OfficeLog:
    act(office, 5)
    return OfficeLog(office)


def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def refused(folder: WitnessFolder, log: OfficeLog, office: Office) -> AlarmError:
    """Look, and hear an alarm: nothing was brought, what is held stands, evidence is kept."""
    held, brought = folder.held(), len(log.brought)
    with pytest.raises(AlarmError, match="Nothing was cosigned") as caught:
        look(folder, log, office.now())
    assert (folder.held(), len(log.brought)) == (held, brought)
    assert caught.value.exit_code == 3
    assert (caught.value.evidence / "offered.txt").read_text() == log.checkpoint().note
    if held is not None:
        assert (caught.value.evidence / "held.txt").read_text() == held.note
    return caught.value


def test_a_log_that_grew_is_cosigned_and_kept(
    folder: WitnessFolder, log: OfficeLog, office: Office
) -> None:
    first = look(folder, log, office.now())
    assert (first.size, first.grown) == (6, None)  # one entry is the registration
    act(office, 7)
    assert look(folder, log, office.now()).grown == 7
    assert look(folder, log, office.now()).grown == 0

    held = folder.held()
    assert held is not None
    assert held.size == 13
    assert is_signed(held, office.ring.log_public)
    public = folder.key.public_key().public_bytes_raw()
    assert cosigned_at(held, NAME, public) is not None
    with office.databases.identity.read() as identity:
        [known] = witnesses(identity)
    assert known.last is not None
    assert known.last.size == 13
    assert [seen.read_text() for seen in (folder.path / "seen").iterdir()] == [held.note]


def test_a_log_that_went_back_is_refused(
    folder: WitnessFolder, log: OfficeLog, office: Office, tmp_path: Path
) -> None:
    look(folder, log, office.now())
    with behind_its_back(data(tmp_path)) as database:
        cut_to(database, 4)
    alarm = refused(folder, log, office)
    assert alarm.state == "rolled_back"
    assert "Entries 4 to 5 were cut off" in str(alarm)


@pytest.mark.parametrize("grown", [2, 3, 9], ids=["as long", "longer", "much longer"])
def test_a_log_rewritten_with_its_own_key_is_refused(
    folder: WitnessFolder, log: OfficeLog, office: Office, tmp_path: Path, grown: int
) -> None:
    look(folder, log, office.now())
    with behind_its_back(data(tmp_path)) as database:
        cut_to(database, 4)
    act(office, grown)
    alarm = refused(folder, log, office)
    assert alarm.state == "fork"
    assert "does not begin with the 6 entries" in str(alarm)


def test_a_log_that_cannot_prove_its_growth_is_refused(
    folder: WitnessFolder, log: OfficeLog, office: Office, tmp_path: Path
) -> None:
    look(folder, log, office.now())
    act(office, 2)
    with behind_its_back(data(tmp_path)) as database:
        database.execute("DELETE FROM log_node")
    assert refused(folder, log, office).state == "unproven"


def test_another_log_is_refused(
    folder: WitnessFolder, log: OfficeLog, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = sign_checkpoint(Ed25519PrivateKey.generate(), 6, bytes(32))
    monkeypatch.setattr(log, "checkpoint", lambda: stranger)
    assert refused(folder, log, office).state == "wrong_key"


def test_the_same_evidence_is_kept_once(
    folder: WitnessFolder, log: OfficeLog, office: Office, tmp_path: Path
) -> None:
    look(folder, log, office.now())
    with behind_its_back(data(tmp_path)) as database:
        cut_to(database, 4)
    assert refused(folder, log, office).evidence == refused(folder, log, office).evidence


def test_what_could_not_be_brought_is_brought_at_the_next_look(
    folder: WitnessFolder, log: OfficeLog, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_note: str) -> None:
        raise HubAwayError("The hub does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(log, "cosign", away)
        with pytest.raises(HubAwayError):
            look(folder, log, office.now())
    assert folder.held() is not None  # on the disk before anybody else had it
    look(folder, log, office.now())
    assert len(log.brought) == 1


def test_nothing_is_cosigned_that_could_not_be_kept(
    folder: WitnessFolder, log: OfficeLog, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("clienteling.witness.folder.replace_file", full)
    with pytest.raises(StartError, match="No space left"):
        look(folder, log, office.now())
    assert not log.brought


def test_clocks_that_disagree_stop_it(
    folder: WitnessFolder, log: OfficeLog, office: Office
) -> None:
    now = office.now()
    log.hub_time = now - timedelta(minutes=6)
    with pytest.raises(ClockError, match="by more than 5 minutes"):
        look(folder, log, now)
    log.hub_time = now - timedelta(minutes=4)
    look(folder, log, now)
    log.hub_time = None
    with pytest.raises(ClockError, match="clock went back"):
        look(folder, log, now - timedelta(minutes=6))


def test_lines_of_others_are_not_brought_along(
    folder: WitnessFolder, log: OfficeLog, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = log.checkpoint()
    line = cosign(Ed25519PrivateKey.generate(), "stranger.example", offered, office.now())
    crowded = parse_checkpoint(with_lines(offered.note, [line]))
    monkeypatch.setattr(log, "checkpoint", lambda: crowded)
    look(folder, log, office.now())
    assert "stranger" not in log.brought[0]


@pytest.mark.parametrize("text", ["", "not a note", "x\n3\nAAAA\n\n\u2014 x AAAA\n"])
def test_a_damaged_memory_is_not_forgotten(
    folder: WitnessFolder, log: OfficeLog, office: Office, text: str
) -> None:
    look(folder, log, office.now())
    (folder.path / "checkpoint.txt").write_text(text, encoding="utf-8")
    with pytest.raises(StartError, match=r"checkpoint\.txt is damaged"):
        look(folder, log, office.now())
    assert len(log.brought) == 1


def test_one_process_at_a_time(folder: WitnessFolder) -> None:
    with folder.alone(), pytest.raises(StartError, match="One is enough"), folder.alone():
        pass
    with folder.alone():
        pass


def test_a_folder_reads_back_and_its_key_is_private(folder: WitnessFolder) -> None:
    assert WitnessFolder.open(folder.path).verifier_key == folder.verifier_key
    key = folder.path / "witness.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o640)
    with pytest.raises(StartError, match="chmod 600"):
        WitnessFolder.open(folder.path)


@pytest.mark.parametrize("name", ["witness.json", "witness.key"])
def test_an_incomplete_or_damaged_folder_is_a_sentence(folder: WitnessFolder, name: str) -> None:
    (folder.path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(StartError, match="damaged"):
        WitnessFolder.open(folder.path)
    (folder.path / name).unlink()
    with pytest.raises(StartError, match="not a witness's folder"):
        WitnessFolder.open(folder.path)


@pytest.mark.parametrize(
    ("name", "hub", "says"),
    [
        ("two words", "https://hub.example", "Name the witness"),
        (NAME, "http://hub.example", "must be reached by https"),
        (NAME, "https://an:geheim@hub.example", "carries no name"),
    ],
)
def test_what_a_witness_cannot_be(
    office: Office, tmp_path: Path, name: str, hub: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        WitnessFolder.make(tmp_path / "other", name, hub, log_key(office), None)
    assert not (tmp_path / "other").exists()
