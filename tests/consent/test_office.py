from consent.office import Office, Statement, open_enrolment, withdraw, erase, close_enrolment, TemplateMade
from consent.purposes import Purpose
import time
from consent import ledger
from consent.events import EventKind

def test_smoke(office: Office, statement: Statement) -> None:
    j = open_enrolment(office, statement, {Purpose.RECOGNISE: True, Purpose.ALLERGIES: True})
    close_enrolment(office, j.flow_id, template=TemplateMade("a","sface",3))
    w = withdraw(office, j.subject_id, [Purpose.ALLERGIES], actor="x", method="kiosk")
    w = withdraw(office, j.subject_id, None, actor="x", method="kiosk")
    print(w)
    w = withdraw(office, j.subject_id, None, actor="x", method="kiosk")
    assert w.purposes == ()
    w = erase(office, j.subject_id, actor="x", method="kiosk")
    with office.databases.identity.read() as s:
        for e in ledger.entries_after(s, -1, None, 1000): print(e)
    t=time.time()
    for i in range(200):
        with office.databases.identity.write() as s:
            ledger.append(s, office.ring, EventKind.CARD_READ, actor="x", about=None, detail={"n":i}, now=office.now())
    print("per append ms", (time.time()-t)*5)
