"""Faults in how an edition becomes what the world sees."""

from tests.mutants.fault import Fault

PUBLICATION = "tests/test_publication.py"
PUBLISHER = "wrapped_assets/editions/publisher.py"

FAULTS = (
    Fault(
        "promote without looking at the checks",
        PUBLISHER,
        "if failed := manifest.failed():",
        "if False and (failed := manifest.failed()):",
        (f"{PUBLICATION}::test_a_failed_check_keeps_a_version_from_being_promoted[folder]",),
    ),
    Fault(
        "a dry run can be promoted",
        PUBLISHER,
        "        if manifest.sample:\n",
        "        if manifest.sample and number is None:\n",
        (f"{PUBLICATION}::test_a_dry_run_is_the_same_hundredth_every_time_and_is_never_promoted[folder]",),
    ),
    Fault(
        "a version with documents missing is promoted",
        PUBLISHER,
        """        catalog.refuse_gaps(version)
        before = pointer.newest(self.store, year)
""",
        "        before = pointer.newest(self.store, year)\n",
        (f"{PUBLICATION}::test_a_version_with_a_gap_is_neither_promoted_nor_rolled_back_to",),
    ),
    Fault(
        "publishing the marker before the manifest it vouches for",
        PUBLISHER,
        r"""(object_keys.MANIFEST, content),
            (object_keys.COMPLETE, f"{digest(content)}\n".encode()),""",
        r"""(object_keys.COMPLETE, f"{digest(content)}\n".encode()),
            (object_keys.MANIFEST, content),""",
        (
            "tests/test_publication_killed.py::test_a_store_that_fails_at_any_call_leaves_readers_what_they_had[before-folder]",
        ),
    ),
    Fault(
        "publishing the marker while documents are still on their way",
        "wrapped_assets/editions/writing.py",
        "        for write in under_way:\n            write.result()\n",
        "",
        (f"{PUBLICATION}::test_a_reader_finds_the_exact_bytes_of_each_subject[moto]",),
    ),
    Fault(
        "a second rollback goes forward again",
        PUBLISHER,
        'return self._move(version, "rollback", current, target.before)',
        'return self._move(version, "rollback", current, current.sequence)',
        (f"{PUBLICATION}::test_promote_and_rollback_move_between_whole_versions[folder]",),
    ),
    Fault(
        "a number is used again after its version was removed",
        PUBLISHER,
        r"""for name in self.store.names(object_keys.claims(year))]
        number = max(taken, default=0) + 1
        mine = f"{uuid4().hex} {self._now():%Y-%m-%dT%H:%M:%SZ}\n".encode()
        while not self.store.create(f"{object_keys.claims(year)}/v{number}", mine):
            number += 1
""",
        """for name in self.store.names(object_keys.editions(year))]
        number = max(taken, default=0) + 1
""",
        (f"{PUBLICATION}::test_the_number_of_a_removed_version_is_never_used_again",),
    ),
    Fault(
        "a frozen edition may change as long as no document changes its size",
        PUBLISHER,
        "if held.entry(subject) != (entry.sha256, entry.size):",
        "if (held.entry(subject) or (None, None))[1] != entry.size:",
        (f"{PUBLICATION}::test_a_frozen_edition_that_would_change_is_refused",),
    ),
    Fault(
        "of two who promote at once both are told they did",
        PUBLISHER,
        "        if not pointer.move(self.store, promotion):\n",
        "        if pointer.move(self.store, promotion) is None:\n",
        (f"{PUBLICATION}::test_of_two_who_promote_at_once_one_is_told[folder]",),
    ),
)
