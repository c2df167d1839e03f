from consent.office import Office, Statement, open_enrolment, withdraw, erase, close_enrolment, TemplateMade
from consent.purposes import Purpose
import time
from consent import ledger
from consent.events import EventKind

def test_smoke(office: Office, statement: Statement) -> None:
    j = open_enrolment(office, statement, {Purpose.RECOGNISE: True, Purpose.ALLERGIES: True})
    close_enrolment(office, j.flow_id, template=TemplateMade("a","sface",3))
    w = withdraw(office, j.subject_id, [Purpose.ALLERGIES], actor="x", method="kiosk")
    w = erase(office, j.subject_id, actor="x", method="kiosk")
    with office.databases.identity.read() as s:
        v = ledger.verify(s, office.ring.log_public, ledger.latest_checkpoint(s))
        print(v)
        assert v.ok
    with office.databases.identity.write() as s:
      t=time.time()
      for i in range(3000):
            ledger.append(s, office.ring, EventKind.CARD_READ, actor="x", about=None, detail={"n":i}, now=office.now())
      print("per append us", (time.time()-t)/3000*1e6)
    with office.databases.identity.read() as s:
      t=time.time()
      v = ledger.verify(s, office.ring.log_public, ledger.latest_checkpoint(s))
      print("verify us", (time.time()-t)/3000*1e6, v)
