"""Is a person standing there, or a print, a screen, a cut-out? Presentation attack detection (R31).

A weak check, and named so: docs/operators/attacks.md has what it catches and what it does not.
"""
