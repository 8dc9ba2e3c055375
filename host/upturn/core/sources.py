# SPDX-License-Identifier: MIT
"""The documents behind Upturn's limits and advice, by the short key that is shown beside each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    key: str
    title: str
    publisher: str


DOCUMENTS: dict[str, Document] = {
    d.key: d
    for d in (
        Document("MNT-hang", "Hanging upside down: benefits and risks", "Medical News Today"),
        Document("MNT-inv", "What inversion therapy is", "Medical News Today"),
        Document("CC", "Can inversion tables relieve back pain?", "Cleveland Clinic, 2021"),
        Document("ITB", "Inversion table benefits: what the research shows", "research overview"),
        Document("BLOG", "Tables, chairs and gravity boots, a user's account", "user's blog"),
    )
}

UPTURN = "Upturn"
"""Source of what no document gives: an engineering choice, with its reason where it is made."""
