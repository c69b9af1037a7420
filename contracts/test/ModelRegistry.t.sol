// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CodeBook, IModelRegistry, MintParams, Model, Terms} from "../src/interfaces/IModelRegistry.sol";
import {FixtureTest} from "../testing/Fixture.sol";

// commitCodeBook
// ├── when size, bits or root make no sense   reverts
// ├── when it was committed before            reverts, also where its beacon was missed: no second draw
// └── otherwise                               names a block in the future
// drawBeacon
// ├── before the beacon block is mined        reverts
// ├── within 256 blocks                       keeps the hash, and answers the same ever after
// └── later                                   reverts: the commitment is dead
// mint
// ├── when not drawn / not the committer / minted before  reverts
// ├── when terms ask for too large a slash    reverts
// ├── when a parent is another's              reverts: a foreign child would clear claims on its parent
// ├── when the parents' owner does not mint itself        reverts
// └── otherwise                               mints, de-duplicates terms, inherits every ancestor
// setAgent, mayDeliver                        owner alone appoints; owner and agent deliver
contract ModelRegistryTest is FixtureTest {
    function test_RevertWhen_TheCodeBookIsInvalid() public {
        CodeBook[5] memory bad;
        for (uint256 i = 0; i < bad.length; ++i) bad[i] = codeBook("root");
        bad[0].root = 0;
        bad[1].commonSize = 0;
        bad[2].commonSize = bad[2].size + 1;
        bad[3].bits = 0;
        bad[4].bits = 7;
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectPartialRevert(IModelRegistry.ModelRegistry_InvalidCodeBook.selector);
            models.commitCodeBook(bad[i]);
        }
    }

    function test_RevertWhen_CommittedTwice() public {
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        vm.roll(block.number + 1_000);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_AlreadyCommitted.selector, commitId));
        models.commitCodeBook(codeBook("root"));
    }

    function test_CommitmentsAreTheirCommitters() public {
        vm.prank(OWNER);
        bytes32 owners = models.commitCodeBook(codeBook("root"));
        eq(owners, keccak256(abi.encode(OWNER, codeBook("root"))));
        vm.prank(OUTSIDER);
        require(models.commitCodeBook(codeBook("root")) != owners, "own id");
    }

    function test_RevertWhen_DrawnTooEarly() public {
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        uint256 beaconBlock = block.number + 2;
        vm.roll(beaconBlock);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconNotReady.selector, beaconBlock));
        models.drawBeacon(commitId);
    }

    function test_RevertWhen_DrawnTooLate() public {
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        uint256 beaconBlock = block.number + 2;
        vm.roll(beaconBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconMissed.selector, beaconBlock));
        models.drawBeacon(commitId);
    }

    function test_ABeaconIsDrawnOnce() public {
        bytes32 commitId = drawn(OWNER, "root");
        bytes32 beacon = models.beaconOf(commitId);
        require(beacon != 0, "drawn");
        vm.roll(block.number + 1_000);
        eq(models.drawBeacon(commitId), beacon);
    }

    function test_RevertWhen_TheCommitmentIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownCommitment.selector, bytes32("x")));
        models.drawBeacon("x");
    }

    function test_MintKeepsWhatWasCommitted() public {
        uint256 modelId = mintModel(OWNER, "root", 5_000);
        Model memory model = models.model(modelId);
        eq(modelId, 1);
        eq(models.ownerOf(modelId), OWNER);
        eq(model.codeBookRoot, "root");
        require(model.beacon != 0, "beacon");
        eq(model.commonSize, 16);
        eq(models.termsOf(modelId).floorPrice, FLOOR);
        eq(model.termsId, keccak256(abi.encode(terms(5_000))));
        eq(models.terms(model.termsId).slashBps, 5_000);
        eq(keccak256(bytes(models.tokenURI(modelId))), keccak256("https://publisher.example"));
    }

    function test_RevertWhen_MintedByAnother() public {
        bytes32 commitId = drawn(OWNER, "root");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotCommitter.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        models.mint(mintParams(commitId, OUTSIDER, terms(1)));
    }

    function test_RevertWhen_MintedBeforeTheDraw() public {
        vm.startPrank(OWNER);
        bytes32 commitId = models.commitCodeBook(codeBook("root"));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_BeaconNotDrawn.selector, commitId));
        models.mint(mintParams(commitId, OWNER, terms(1)));
        vm.stopPrank();
    }

    function test_RevertWhen_MintedTwice() public {
        bytes32 commitId = drawn(OWNER, "root");
        vm.startPrank(OWNER);
        models.mint(mintParams(commitId, OWNER, terms(1)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_AlreadyMinted.selector, commitId));
        models.mint(mintParams(commitId, OWNER, terms(1)));
        vm.stopPrank();
    }

    function test_RevertWhen_TermsAreInvalid() public {
        Terms[4] memory bad;
        for (uint256 i = 0; i < bad.length; ++i) bad[i] = terms(5_000);
        bad[0].slashBps = 0;
        bad[1].slashBps = 5_001;
        bad[2].ownerShareBps = 10_001;
        bad[3].mode = 4;
        bytes32 commitId = drawn(OWNER, "root");
        vm.startPrank(OWNER);
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(IModelRegistry.ModelRegistry_InvalidTerms.selector);
            models.mint(mintParams(commitId, OWNER, bad[i]));
        }
        vm.stopPrank();
    }

    function test_DescentReachesEveryAncestor() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 child = mintChild("child", root);
        uint256 grandchild = mintChild("grandchild", child);
        uint256 stranger = mintModel(OWNER, "stranger", 1);
        require(models.isDescendant(grandchild, root) && models.isDescendant(grandchild, child), "descends");
        require(models.isDescendant(root, root), "itself");
        require(!models.isDescendant(root, grandchild) && !models.isDescendant(stranger, root), "no other way");
        eq(models.parents(grandchild)[0], child);
    }

    function test_RevertWhen_AParentIsAnothers() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        MintParams memory p = childParams(drawn(OUTSIDER, "child"), OUTSIDER, parent);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_ParentNotOwned.selector, parent, OUTSIDER));
        vm.prank(OUTSIDER);
        models.mint(p);
    }

    function test_RevertWhen_AStrangerGivesTheOwnerAChild() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        MintParams memory p = childParams(drawn(OUTSIDER, "child"), OWNER, parent);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_ParentNotOwned.selector, parent, OWNER));
        vm.prank(OUTSIDER);
        models.mint(p);
    }

    function test_RevertWhen_TheLineageIsTooLong() public {
        uint256 last = mintModel(OWNER, "root", 1);
        for (uint256 i = 0; i < 32; ++i) last = mintChild(bytes32(i + 1), last);
        MintParams memory p = childParams(drawn(OWNER, "one more"), OWNER, last);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_TooManyParents.selector, 33));
        vm.prank(OWNER);
        models.mint(p);
    }

    function test_OwnerAppointsAgent() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        require(models.mayDeliver(modelId, OWNER) && !models.mayDeliver(modelId, OUTSIDER), "owner alone");
        vm.prank(OWNER);
        models.setAgent(modelId, OUTSIDER);
        require(models.mayDeliver(modelId, OUTSIDER), "agent");
        vm.prank(OWNER);
        models.setAgent(modelId, address(0));
        require(!models.mayDeliver(modelId, address(0)), "nobody");
    }

    function test_RevertWhen_AnotherAppointsAnAgent() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, modelId, OUTSIDER));
        vm.prank(OUTSIDER);
        models.setAgent(modelId, OUTSIDER);
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 9));
        models.termsOf(9);
    }

    function mintChild(bytes32 root, uint256 parent) private returns (uint256) {
        MintParams memory p = childParams(drawn(OWNER, root), OWNER, parent);
        vm.prank(OWNER);
        return models.mint(p);
    }

    function childParams(bytes32 commitId, address owner, uint256 parent) private pure returns (MintParams memory p) {
        p = mintParams(commitId, owner, terms(1));
        p.parents = new uint256[](1);
        p.parents[0] = parent;
    }
}
