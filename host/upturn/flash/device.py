# SPDX-License-Identifier: MIT
"""What is run on the board, at MicroPython's prompt: small, and without what some builds lack.

Their braces are doubled, for the places in them are filled in by `str.format`.
"""

from __future__ import annotations

SAY = "upturn-flash "

INVENTORY = """
import binascii, hashlib, json, os, sys
sums, folders = {{}}, []
def look(path):
    h = hashlib.sha256()
    b = bytearray(256)
    with open(path, 'rb') as f:
        while True:
            n = f.readinto(b)
            if not n:
                break
            h.update(memoryview(b)[:n])
    sums[path] = binascii.hexlify(h.digest()).decode()
def walk(folder):
    for entry in os.ilistdir(folder):
        path = folder + '/' + entry[0]
        if entry[1] & 0x4000:
            walk(path)
            if path.startswith('{shadow}'):
                folders.append(path)
        else:
            look(path)
for path in ('{boot}', '/board.py', '{main}', '{shadow}.py', '{shadow}.mpy'):
    try:
        look(path)
    except OSError:
        pass
for folder in ('{library}', '{shadow}'):
    try:
        walk(folder)
        if folder == '{shadow}':
            folders.append(folder)
    except OSError:
        pass
try:
    import board
    name = str(board.BOARD['name'])
except Exception:
    name = ''
s = sys.implementation
machine = getattr(s, '_machine', '')
at = machine.rfind('with ESP32')
chip = machine[at + 5:].lower().replace('-', '') if at >= 0 else ''
v = os.statvfs('/')
print('{say}' + json.dumps({{
    'platform': sys.platform, 'chip': chip, 'version': list(s.version[:2]),
    'mpy': getattr(s, '_mpy', 0) & 255, 'free': v[0] * v[3], 'board': name,
    'sums': sums, 'folders': folders}}))
"""

REMOVE = """
import os
for path in {paths}:
    try:
        os.remove(path)
    except OSError as error:
        if error.errno != 2:
            raise
for path in {folders}:
    os.rmdir(path)
if 'lib' not in os.listdir('/'):
    os.mkdir('/lib')
if hasattr(os, 'sync'):
    os.sync()
"""

RESET = "import time, machine; time.sleep_ms(100); machine.reset()"
