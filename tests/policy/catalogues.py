"""Invented files in the forms of OSCAL and of CISO Assistant; nothing in them stands in any framework."""

import json
from typing import Any

Json = dict[str, Any]


def oscal() -> Json:
    """Two groups, one in the other; a control within a control; one that was withdrawn."""
    return {
        "catalog": {
            "uuid": "3f2c8d1e-5b6a-4c7d-8e9f-0a1b2c3d4e5f",
            "metadata": {
                "title": "Harbour Code for Learning Machines",
                "published": "2025-02-01T00:00:00Z",
                "last-modified": "2025-03-01T10:00:00Z",
                "version": "2.1",
                "oscal-version": "1.1.2",
                "props": [{"name": "license", "value": "CC0 1.0"}],
                "roles": [{"id": "publisher", "title": "Who publishes"}],
                "parties": [{"uuid": "aaaaaaaa-5b6a-4c7d-8e9f-0a1b2c3d4e5f", "type": "organization", "name": "Harbour Board"}],
                "remarks": "Invented.",
            },
            "params": [{"id": "days", "label": "days", "values": ["30"]}],
            "groups": [
                {
                    "id": "hb",
                    "class": "family",
                    "title": "Harbour",
                    "groups": [
                        {
                            "id": "hb-q",
                            "title": "Quay",
                            "controls": [
                                {
                                    "id": "hb-1",
                                    "class": "core",
                                    "title": "Moor the model before loading",
                                    "params": [{"id": "hb-1_p1", "label": "the mooring", "constraints": [{"description": "short"}]}],
                                    "props": [{"name": "label", "value": "HB-1", "class": "zero-padded"}],
                                    "links": [{"href": "#bbbbbbbb-5b6a-4c7d-8e9f-0a1b2c3d4e5f", "rel": "reference"}],
                                    "parts": [
                                        {
                                            "id": "hb-1_smt",
                                            "name": "statement",
                                            "prose": "Moor {{ insert: param, hb-1_p1 }}.",
                                            "parts": [{"name": "item", "prose": "twice"}],
                                        }
                                    ],
                                    "controls": [{"id": "hb-1.1", "title": "Second\n  line"}],
                                }
                            ],
                        }
                    ],
                    "controls": [
                        {"id": "hb-2", "title": "Ring the bell", "props": [{"name": "status", "value": "withdrawn"}]},
                        {"id": "hb-3", "title": "Keep a “log”: every tide\u2028and night"},
                    ],
                }
            ],
            "controls": [{"id": "loose", "title": "A control without a group"}],
            "back-matter": {
                "resources": [
                    {"uuid": "bbbbbbbb-5b6a-4c7d-8e9f-0a1b2c3d4e5f", "title": "Tide tables", "rlinks": [{"href": "https://tides.example/"}]}
                ]
            },
        }
    }


def as_bytes(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode()


CISO = """\
urn: urn:harbour:risk:library:hclm
locale: en
ref_id: HCLM
name: Harbour Code for Learning Machines
description: An invented code.
copyright: Harbour Board, CC0 1.0
version: 3
publication_date: 2025-03-01
provider: Harbour Board
packager: harbour
dependencies:
- urn:harbour:risk:library:words
translations:
  fr: {name: Code du port}
objects:
  reference_controls:
  - {urn: "urn:harbour:risk:reference_control:bell", ref_id: BELL, name: A bell}
  framework:
    urn: urn:harbour:risk:framework:hclm
    ref_id: HCLM
    name: Harbour Code
    min_score: 0
    max_score: 4
    implementation_groups_definition:
    - {ref_id: S, name: Small harbours}
    requirement_nodes:
    - urn: urn:harbour:risk:req_node:hclm:1
      assessable: false
      depth: 1
      ref_id: '1'
      name: Quay
    - urn: urn:harbour:risk:req_node:hclm:1.1
      assessable: true
      depth: 2
      parent_urn: urn:harbour:risk:req_node:hclm:1
      ref_id: 1.1
      name: Moor the model
      description: Moor it before loading.
      implementation_groups: [S]
      typical_evidence: A rope.
      questions:
        urn:harbour:risk:req_node:hclm:1.1:question:1: {type: unique_choice, text: Is it moored?}
    - urn: urn:harbour:risk:req_node:hclm:1.2
      assessable: true
      depth: 2
      parent_urn: URN:harbour:risk:req_node:hclm:1
      description: |
        Ring the bell
        each hour.
      translations:
        fr: {description: Sonner la cloche}
"""
