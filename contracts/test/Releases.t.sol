// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry, Release, ReleaseParams} from "../src/interfaces/IModelRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// release
// ├── when the caller is neither owner nor agent       reverts
// ├── when the grace period is too short               reverts
// ├── when the code book is not the caller's, not drawn or used   reverts
// └── otherwise                                        adds the next number; earlier releases stay as they were
// releaseOf, codeBookOf
// ├── when there is no such release                    revert
// └── otherwise                                        answer for every release ever made
contract ReleasesTest is ModelTest {
    uint256 private modelId;

    function setUp() public override {
        super.setUp();
        modelId = mintModel(OWNER, "first", 500);
    }

    // protocol §6: key leaks or is spent
    function test_AReleaseBringsANewCodeBook() public {
        bytes32 commitId = committed(OWNER, "second");
        bytes32 before = keccak256(abi.encode(models.releaseOf(modelId, 1)));
        uint40 graceEndsAt = uint40(block.timestamp + 30);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelReleased(
            modelId,
            2,
            commitId,
            keccak256("new weights"),
            keccak256("new panel"),
            graceEndsAt
        );
        vm.prank(OWNER);
        eq(models.release(modelId, params("second", 30)), 2);
        checkLatest(2, graceEndsAt);
        Release memory second = models.releaseOf(modelId, 2);
        eq(second.root, "second");
        eq(second.beacon, blockhash(block.number - 1));
        eq(second.size, 16);
        eq(second.commonSize, 16);
        eq(second.bits, 2);
        eq(second.releasedAt, block.timestamp);
        eq(second.graceEndsAt, graceEndsAt);
        eq(second.slashBps, 500);
        eq(keccak256(abi.encode(models.releaseOf(modelId, 1))), before);
        eq(models.model(modelId).release, 2);
    }

    function test_EveryReleaseKeepsItsCodeBook() public {
        releaseNext("second");
        releaseNext("third");
        bytes32[3] memory roots = [bytes32("first"), "second", "third"];
        for (uint32 number = 1; number <= 3; ++number) {
            (bytes32 root, bytes32 value, uint32 commonSize, uint8 bits, uint64 bookNumber) = models.codeBookOf(
                modelId,
                number
            );
            eq(bookNumber, number);
            eq(root, roots[number - 1]);
            eq(value, models.releaseOf(modelId, number).beacon);
            eq(commonSize, 16);
            eq(bits, 2);
        }
    }

    function test_TheFirstReleaseHasNoGrace() public view {
        checkLatest(1, 0);
        Release memory first = models.releaseOf(modelId, 1);
        eq(first.root, "first");
        eq(first.releasedAt, block.timestamp);
        eq(first.graceEndsAt, 0);
        eq(first.slashBps, 500);
    }

    function test_TheAgentMayRelease() public {
        vm.prank(OWNER);
        models.setAgent(modelId, HOST);
        committed(HOST, "second");
        vm.prank(HOST);
        models.release(modelId, params("second", 30));
        checkLatest(2, uint40(block.timestamp + 30));
    }

    function test_RevertWhen_AnotherReleases() public {
        committed(OUTSIDER, "second");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotDeliverer.selector, modelId, OUTSIDER));
        vm.prank(OUTSIDER);
        models.release(modelId, params("second", 30));
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        committed(OWNER, "second");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotDeliverer.selector, 9, OWNER));
        vm.prank(OWNER);
        models.release(9, params("second", 30));
    }

    function test_RevertWhen_TheGraceIsTooShort() public {
        committed(OWNER, "second");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_GraceTooShort.selector, 29, 30));
        vm.prank(OWNER);
        models.release(modelId, params("second", 29));
    }

    function test_RevertWhen_TheCodeBookIsNotReady() public {
        bytes32 unknown = keccak256(abi.encode(OWNER, codeBook("second")));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownCommitment.selector, unknown));
        vm.prank(OWNER);
        models.release(modelId, params("second", 30));
        bytes32 used = keccak256(abi.encode(OWNER, codeBook("first")));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_CodeBookUsed.selector, used));
        vm.prank(OWNER);
        models.release(modelId, params("first", 30));
    }

    function test_RevertWhen_ThereIsNoSuchRelease() public {
        uint32[2] memory missing = [uint32(0), 2];
        for (uint256 i = 0; i < missing.length; ++i) {
            bytes memory unknown = abi.encodeWithSelector(
                IModelRegistry.ModelRegistry_UnknownRelease.selector,
                modelId,
                missing[i]
            );
            vm.expectRevert(unknown);
            models.releaseOf(modelId, missing[i]);
            vm.expectRevert(unknown);
            models.codeBookOf(modelId, missing[i]);
        }
    }

    function testFuzz_release(bytes32 root, uint32 gracePeriod, bool late) public {
        vm.assume(root != 0 && root != "first");
        committed(OWNER, root);
        if (late) vm.roll(block.number + 1_000);
        vm.prank(OWNER);
        try models.release(modelId, params(root, gracePeriod)) {
            require(gracePeriod >= 30, "too short");
            checkLatest(2, uint40(block.timestamp + gracePeriod));
            eq(models.releaseOf(modelId, 2).root, root);
            require(models.releaseOf(modelId, 2).beacon != 0, "beacon");
        } catch {
            require(gracePeriod < 30, "long enough");
            checkLatest(1, 0);
        }
    }

    function checkLatest(uint32 expected, uint40 expectedEnd) private view {
        (uint32 number, uint40 graceEndsAt) = models.latestRelease(modelId);
        eq(number, expected);
        eq(graceEndsAt, expectedEnd);
    }

    function releaseNext(bytes32 root) private {
        committed(OWNER, root);
        vm.prank(OWNER);
        models.release(modelId, params(root, 30));
    }

    function params(bytes32 root, uint32 gracePeriod) private pure returns (ReleaseParams memory) {
        return ReleaseParams(codeBook(root), keccak256("new weights"), keccak256("new panel"), gracePeriod);
    }
}
