"""Workloads of Kubernetes: the tuple that names one, and the workload behind the name of a pod. Pure."""

import re
from collections.abc import Iterator, Mapping

from app.events.model import Clue, MatchTier
from app.inventory.identifiers import normalised_identifier

_NAMESPACES = ("k8s_namespace_name", "namespace", "exported_namespace", "kubernetes_namespace", "kube_namespace")
_CLUSTERS = ("k8s_cluster_name", "cluster", "cluster_name", "kubernetes_cluster", "kube_cluster_name")
_KINDS = ("deployment", "statefulset", "daemonset", "replicaset", "cronjob", "job_name", "pod")
# Kubernetes leaves out vowels and what looks like them, so that no suffix spells a word.
_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
_POD = (
    ("deployment", re.compile(rf"(.+)-{_RANDOM}{{6,10}}-{_RANDOM}{{5}}")),
    ("daemonset", re.compile(rf"(.+)-{_RANDOM}{{5}}")),
    ("statefulset", re.compile(r"(.+)-\d{1,4}")),
)


def workload_clues(labels: Mapping[str, str]) -> Iterator[Clue]:
    """The clues in labels whose names are spelled with underscores: `namespace/kind/name` and the same in its cluster,
    then each name alone."""
    namespace = next((labels[name].strip() for name in _NAMESPACES if name in labels), "")
    cluster = next((labels[name].strip() for name in _CLUSTERS if name in labels), "")
    for label, kind, name in _workloads(labels):
        place = f"{namespace}/{kind}/{name}" if namespace else ""
        for value in (f"{cluster}/{place}" if cluster and place else "", place):
            if normalised := normalised_identifier("kubernetes", value):
                yield Clue(MatchTier.KUBERNETES, normalised, origin=label)
        if kind != "pod" and (alias := normalised_identifier("alias", name)):
            yield Clue(MatchTier.ALIAS, alias, origin=label)


def _workloads(labels: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The label, kind and name of each workload; of a pod also what made it."""
    for kind in _KINDS:
        for label in (kind, f"k8s_{kind}_name", f"kube_{kind}"):
            if name := labels.get(label, "").strip():
                yield label, "job" if kind == "job_name" else kind, name
                if kind == "pod" and (owner := _owner(name)):
                    yield label, *owner


def _owner(pod: str) -> tuple[str, str] | None:
    for kind, form in _POD:
        if found := form.fullmatch(pod):
            return kind, found[1]
    return None
