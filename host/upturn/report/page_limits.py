# SPDX-License-Identifier: MIT
"""Of a session's page: the limits that held, and the documents that they come from."""

from __future__ import annotations

from upturn.core.limits import Profile
from upturn.core.sources import DOCUMENTS
from upturn.report.markup import Element, tag
from upturn.report.tables import Column, facts, sources, table

DOCUMENT_COLUMNS = (Column("Source"), Column("Document"), Column("From"))


def limits_section(profile: Profile) -> Element:
    beyond = f"This profile {profile.beyond}." if profile.beyond else ""
    return tag(
        "section",
        tag("h2", "Limits in force"),
        facts(
            [
                ("Profile", profile.name),
                ("Notice", f"{profile.notice_s:g} s"),
                ("Limit", f"{profile.limit_s:g} s"),
                ("Rest", f"{profile.rest_s:g} s"),
                ("Angle", f"{profile.max_angle_deg:g}°"),
                ("Source", sources(profile.source)),
            ]
        ),
        tag("p", f"{profile.reason[0].upper()}{profile.reason[1:]}."),
        [tag("p", beyond)] if beyond else [],
        tag(
            "p",
            "Notice and limit hold for one inversion, and for the sum of all without a full rest "
            "between them.",
        ),
        table(
            "documents",
            "Documents behind limits and advice",
            DOCUMENT_COLUMNS,
            [[document.key, document.title, document.publisher] for document in DOCUMENTS.values()]
            + [
                ["Upturn", "An engineering choice of this project", "see host/SAFETY.md"],
                ["config", "The user's own profile, within the documents' bounds", "the user"],
            ],
        ),
    )
