"""Limits and throttling, read from trees like the kernel's."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.node import cgroup
from services.node.cgroup import Throttling

UNLIMITED_V1 = str(2**63 - 4096)


class Tree:
    """A cgroup mount, and what /proc says of this process's place in it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "cgroup"
        self.own = folder / "own"
        self.root.mkdir()

    def place(self, *lines: str) -> None:
        self.own.write_text("".join(f"{line}\n" for line in lines))

    def put(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")

    @property
    def quota(self) -> float | None:
        return cgroup.cpu_quota(self.root, self.own)

    @property
    def memory(self) -> int | None:
        return cgroup.memory_limit(self.root, self.own)

    @property
    def throttling(self) -> Throttling:
        """Since everything was 0."""
        after = cgroup.throttlings(self.root, self.own)
        return cgroup.throttled(dict.fromkeys(after, Throttling()), after)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_machine_without_cgroups_has_no_limits(tree: Tree) -> None:
    assert (tree.quota, tree.memory, tree.throttling) == (None, None, Throttling())


def test_version_2_in_a_container_has_its_files_at_the_root(tree: Tree) -> None:
    tree.place("0::/")
    tree.put("cpu.max", "150000 100000")
    tree.put("memory.max", "536870912")
    tree.put("cpu.stat", "usage_usec 9000000\nnr_periods 40\nnr_throttled 3\nthrottled_usec 250000\nnr_bursts 0")
    assert tree.quota == 1.5
    assert tree.memory == 512 * 1024 * 1024
    assert tree.throttling == Throttling(0.25, 3, 40)


def test_version_2_on_a_host_has_them_in_the_folder_that_proc_names(tree: Tree) -> None:
    tree.place("0::/lab.slice/node.service")
    tree.put("lab.slice/node.service/cpu.max", "50000 100000")
    tree.put("lab.slice/node.service/memory.max", "1000000")
    tree.put("lab.slice/node.service/cpu.stat", "nr_periods 8\nnr_throttled 1\nthrottled_usec 500000")
    tree.put("other.slice/cpu.max", "1000 100000")
    assert (tree.quota, tree.memory) == (0.5, 1_000_000)
    assert tree.throttling == Throttling(0.5, 1, 8)


def test_the_narrowest_limit_on_the_way_up_is_the_one_that_counts(tree: Tree) -> None:
    tree.place("0::/lab.slice/node.service")
    tree.put("cpu.max", "800000 100000")
    tree.put("lab.slice/cpu.max", "100000 100000")
    tree.put("lab.slice/node.service/cpu.max", "400000 100000")
    tree.put("lab.slice/memory.max", "7000")
    tree.put("lab.slice/node.service/memory.max", "max")
    assert (tree.quota, tree.memory) == (1.0, 7000)


def test_a_limit_further_up_throttles_too(tree: Tree) -> None:
    tree.place("0::/lab.slice/node.service")
    tree.put("lab.slice/cpu.stat", "nr_periods 6\nnr_throttled 2\nthrottled_usec 500000")
    tree.put("lab.slice/node.service/cpu.stat", "nr_periods 9\nnr_throttled 0\nthrottled_usec 0")
    assert tree.throttling == Throttling(0.5, 2, 6)


def test_a_path_of_the_hosts_that_is_not_seen_from_inside_is_no_obstacle(tree: Tree) -> None:
    tree.place("0::/../../docker/4f5b")
    tree.put("cpu.max", "200000 100000")
    assert tree.quota == 2.0


@pytest.mark.parametrize("text", ["max 100000", "max", ""])
def test_version_2_without_a_quota(tree: Tree, text: str) -> None:
    tree.place("0::/")
    tree.put("cpu.max", text)
    tree.put("memory.max", "max")
    tree.put("cpu.stat", "usage_usec 9000000")
    assert (tree.quota, tree.memory, tree.throttling) == (None, None, Throttling())


def test_version_1_has_a_tree_for_each_controller(tree: Tree) -> None:
    tree.place("4:memory:/docker/4f5b", "2:cpuacct:/docker/4f5b", "1:cpu:/docker/4f5b")
    tree.put("cpu/docker/4f5b/cpu.cfs_quota_us", "250000")
    tree.put("cpu/docker/4f5b/cpu.cfs_period_us", "100000")
    tree.put("cpu/docker/4f5b/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 1500000000")
    tree.put("cpu/cpu.cfs_quota_us", "-1")
    tree.put("cpu/cpu.cfs_period_us", "100000")
    tree.put("memory/docker/4f5b/memory.limit_in_bytes", "268435456")
    tree.put("memory/memory.limit_in_bytes", UNLIMITED_V1)
    assert (tree.quota, tree.memory) == (2.5, 256 * 1024 * 1024)
    assert tree.throttling == Throttling(1.5, 4, 9)


def test_version_1_controllers_may_share_a_tree_that_has_two_names(tree: Tree) -> None:
    tree.place("3:cpu,cpuacct:/lab", "1:name=systemd:/lab", "0::/")
    tree.put("cpu,cpuacct/lab/cpu.cfs_quota_us", "100000")
    tree.put("cpu,cpuacct/lab/cpu.cfs_period_us", "50000")
    tree.put("cpu,cpuacct/lab/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 1500000000")
    (tree.root / "cpu").symlink_to("cpu,cpuacct")
    assert tree.quota == 2.0
    assert tree.throttling == Throttling(1.5, 4, 9)


def test_version_1_in_a_container_has_its_files_at_the_root_of_each_mount(tree: Tree) -> None:
    tree.place("4:memory:/docker/4f5b", "1:cpu,cpuacct:/docker/4f5b")
    tree.put("cpu,cpuacct/cpu.cfs_quota_us", "300000")
    tree.put("cpu,cpuacct/cpu.cfs_period_us", "100000")
    tree.put("memory/memory.limit_in_bytes", "1000")
    assert (tree.quota, tree.memory) == (3.0, 1000)


def test_version_1_without_limits(tree: Tree) -> None:
    tree.place("4:memory:/", "1:cpu:/")
    tree.put("cpu/cpu.cfs_quota_us", "-1")
    tree.put("cpu/cpu.cfs_period_us", "100000")
    tree.put("cpu/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 0")
    tree.put("memory/memory.limit_in_bytes", UNLIMITED_V1)
    assert (tree.quota, tree.memory, tree.throttling) == (None, None, Throttling())


def test_kills_for_lack_of_memory_are_those_of_the_cgroup_in_either_version(tree: Tree, tmp_path: Path) -> None:
    machine = tmp_path / "vmstat"
    machine.write_text("nr_free_pages 12\noom_kill 9\n")
    tree.place("0::/lab")
    tree.put("lab/memory.events", "low 0\noom 3\noom_kill 2")
    assert cgroup.oom_kills(tree.root, tree.own, machine) == 2
    tree.place("4:memory:/lab")
    tree.put("memory/lab/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5")
    assert cgroup.oom_kills(tree.root, tree.own, machine) == 5


def test_where_no_cgroup_counts_kills_those_of_the_machine_count(tree: Tree, tmp_path: Path) -> None:
    machine = tmp_path / "vmstat"
    machine.write_text("nr_free_pages 12\noom_kill 9\n")
    tree.place("0::/")
    assert cgroup.oom_kills(tree.root, tree.own, machine) == 9
    assert cgroup.oom_kills(tree.root, tree.own, tmp_path / "none") == 0


def test_this_machine_can_be_read() -> None:
    quota, memory = cgroup.cpu_quota(), cgroup.memory_limit()
    assert quota is None or quota > 0
    assert memory is None or memory > 1 << 20
    assert all(one.seconds >= 0 for one in cgroup.throttlings().values())
