"""Runs a program at a terminal of its own: each `[y/N]` gets the next answer. What the program writes goes to standard
output, its exit code is this one's."""

import os
import pty
import sys

answers, program = sys.argv[1].split(","), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(program[0], program)
said, answered = b"", 0
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:  # the program's end of the terminal is closed
        break
    if not piece:
        break
    said += piece
    sys.stdout.buffer.write(piece)
    while answered < min(len(answers), said.count(b"[y/N] ")):
        os.write(terminal, answers[answered].encode() + b"\n")
        answered += 1
sys.stdout.flush()
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
