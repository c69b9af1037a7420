// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ancestor, IModelRegistry, MintParams, Parent} from "../src/interfaces/IModelRegistry.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// mint, of parents
// ├── when a parent is unknown, the model itself or named twice       reverts
// ├── when a parent is another's
// │   ├── and the minter has no DERIVE license on it                  reverts
// │   └── and it has                                                  owes its royalty
// ├── when a parent is the minter's own                               owes it nothing
// ├── when a parent is the new owner's own
// │   ├── and the minter is not its agent                             reverts: nobody is given a child that clears
// │                                                                   claims on its model
// │   └── and the minter is its agent                                 owes it nothing
// ├── when an ancestor is reached on several ways                     owes it once, the largest share
// ├── when there are more than 16 ancestors                           reverts
// ├── when the royalties are above 5,000 bps                          reverts
// └── otherwise                                                       owes every ancestor of a parent what the parent
//                                                                     owes it
// a child of terms without derivatives                                cannot offer DERIVE, nor can its own children
// an offer to derive                                                  is refused where no licensee could mint under it
contract LineageTest is ModelTest {
    function test_AModelOwesNobodyByDefault() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        eq(models.parents(modelId).length, 0);
        eq(models.ancestorsOf(modelId).length, 0);
        eq(models.lineageOf(modelId), 0);
        eq(models.royaltyOf(modelId, modelId), 0);
        require(models.isDescendant(modelId, modelId) && !models.isDescendant(modelId, modelId + 1), "itself alone");
        require(models.isDerivable(modelId), "derivable");
    }

    // protocol §6: host of an honest derivative
    function test_ALicensedChildOwesItsParent() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        Parent[] memory parents = one(parent, license(BUYER, parent, deriveTerms(700, true)));
        Ancestor[] memory owed = new Ancestor[](1);
        owed[0] = Ancestor(parent, 700);
        committed(BUYER, "child");
        MintParams memory p = mintParams(BUYER, "child", 1);
        p.parents = parents;
        vm.expectEmit(address(models));
        emit IModelRegistry.LineageFixed(parent + 1, owed, 1, 700, true);
        uint256 child = mint(p);
        eq(models.lineageOf(child), 700);
        eq(models.royaltyOf(child, parent), 700);
        eq(models.parents(child)[0], parent);
        require(models.isDescendant(child, parent) && !models.isDescendant(parent, child), "one way");
    }

    function test_DescentReachesEveryAncestor() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 child = mintChild(BUYER, "child", one(root, license(BUYER, root, deriveTerms(300, true))));
        uint256 grandchild = mintChild(HOST, "grandchild", one(child, license(HOST, child, deriveTerms(500, true))));
        uint256 stranger = mintModel(OWNER, "stranger", 1);
        require(models.isDescendant(grandchild, root) && models.isDescendant(grandchild, child), "descends");
        require(!models.isDescendant(root, grandchild) && !models.isDescendant(stranger, root), "no other way");
        eq(models.royaltyOf(grandchild, root), 300);
        eq(models.royaltyOf(grandchild, child), 500);
        eq(models.royaltyOf(grandchild, stranger), 0);
        eq(models.lineageOf(grandchild), 800);
        eq(models.parents(grandchild).length, 1);
        eq(models.ancestorsOf(grandchild).length, 2);
        eq(models.ancestorsOf(grandchild)[1].modelId, root);
    }

    function test_AnOwnParentIsOwedNothingButItsAncestorsAre() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 child = mintChild(BUYER, "child", one(root, license(BUYER, root, deriveTerms(300, true))));
        uint256 grandchild = mintChild(BUYER, "grandchild", one(child, 0));
        eq(models.royaltyOf(grandchild, child), 0);
        eq(models.royaltyOf(grandchild, root), 300);
        eq(models.lineageOf(grandchild), 300);
        require(models.isDescendant(grandchild, child), "descends all the same");
    }

    function test_AnAgentMintsAChildForTheOwner() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        vm.prank(OWNER);
        models.setAgent(parent, HOST);
        uint256 child = mintAs(HOST, OWNER, one(parent, 0));
        eq(models.ownerOf(child), OWNER);
        eq(models.lineageOf(child), 0);
    }

    function test_RevertWhen_AnAgentMintsAChildForItself() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        vm.prank(OWNER);
        models.setAgent(parent, HOST);
        refuse(HOST, HOST, one(parent, 0), unlicensed(parent, 0, HOST));
    }

    function test_RevertWhen_AParentIsAnothers() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        refuse(OUTSIDER, OUTSIDER, one(parent, 0), unlicensed(parent, 0, OUTSIDER));
    }

    function test_RevertWhen_AStrangerGivesTheOwnerAChild() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        refuse(OUTSIDER, OWNER, one(parent, 0), unlicensed(parent, 0, OUTSIDER));
    }

    function test_RevertWhen_TheLicenseIsNotTheMinters() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        uint256 other = mintModel(OWNER, "other", 1);
        uint256 licenseId = license(BUYER, parent, deriveTerms(1, true));
        refuse(OUTSIDER, BUYER, one(parent, licenseId), unlicensed(parent, licenseId, OUTSIDER));
        refuse(BUYER, BUYER, one(other, licenseId), unlicensed(other, licenseId, BUYER));
        mintAs(BUYER, BUYER, one(parent, licenseId));
    }

    function test_RevertWhen_AParentIsUnknown() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        // parent + 1 is the child itself
        uint256[4] memory unknown = [uint256(0), parent + 1, parent + 2, type(uint256).max];
        for (uint256 i = 0; i < unknown.length; ++i) {
            refuse(
                OWNER,
                OWNER,
                one(unknown[i], 0),
                abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, unknown[i])
            );
        }
    }

    function test_RevertWhen_AParentIsNamedTwice() public {
        uint256 parent = mintModel(OWNER, "root", 1);
        Parent[] memory parents = two(Parent(parent, 0), Parent(parent, 0));
        refuse(
            OWNER,
            OWNER,
            parents,
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_DuplicateParent.selector, parent)
        );
    }

    function test_AnAncestorReachedTwiceIsOwedOnce() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 cheap = mintChild(BUYER, "cheap", one(root, license(BUYER, root, deriveTerms(300, true))));
        uint256 dear = mintChild(HOST, "dear", one(root, license(HOST, root, deriveTerms(900, true))));
        Parent[] memory parents = two(
            Parent(cheap, license(VERIFIER, cheap, deriveTerms(100, true))),
            Parent(dear, license(VERIFIER, dear, deriveTerms(200, true)))
        );
        uint256 child = mintChild(VERIFIER, "child", parents);
        eq(models.royaltyOf(child, root), 900);
        eq(models.lineageOf(child), 900 + 100 + 200);
        (parents[0], parents[1]) = (parents[1], parents[0]);
        child = mintChild(VERIFIER, "other order", parents);
        eq(models.royaltyOf(child, root), 900);
        eq(models.parents(child)[0], dear);
        eq(models.parents(child)[1], cheap);
    }

    function test_AParentThatIsAnAncestorTooStaysAParent() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 child = mintChild(BUYER, "child", one(root, license(BUYER, root, deriveTerms(300, true))));
        uint256 licenseId = license(HOST, root, deriveTerms(200, true));
        uint256 grandchild = mintChild(
            HOST,
            "grandchild",
            two(Parent(child, license(HOST, child, deriveTerms(0, true))), Parent(root, licenseId))
        );
        eq(models.parents(grandchild).length, 2);
        eq(models.parents(grandchild)[1], root);
        eq(models.ancestorsOf(grandchild).length, 2);
        eq(models.royaltyOf(grandchild, root), 300);
    }

    function test_SixteenAncestorsAreTheMost() public {
        uint256 last = mintModel(OWNER, "root", 1);
        uint256 root = last;
        for (uint256 i = 0; i < 16; ++i) last = mintChild(OWNER, bytes32(i + 1), one(last, 0));
        eq(models.ancestorsOf(last).length, 16);
        require(models.isDescendant(last, root), "to the first");
        bytes memory refusal = abi.encodeWithSelector(IModelRegistry.ModelRegistry_TooManyAncestors.selector, 16);
        refuse(OWNER, OWNER, one(last, 0), refusal);
        // Nobody is sold a license that nobody could use.
        uint32 termsId = termsRegistry.register(deriveTerms(0, true));
        vm.expectRevert(refusal);
        vm.prank(OWNER);
        models.setOffer(last, TermsKind.DERIVE, termsId);
        uint256 before = models.ancestorsOf(last)[0].modelId;
        vm.prank(OWNER);
        models.setOffer(before, TermsKind.DERIVE, termsId);
    }

    function test_RevertWhen_TooManyParentsAreNamed() public {
        Parent[] memory parents = new Parent[](17);
        for (uint256 i = 0; i < 17; ++i) parents[i] = Parent(mintModel(OWNER, bytes32(i + 1), 1), 0);
        refuse(
            OWNER,
            OWNER,
            parents,
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_TooManyAncestors.selector, 16)
        );
        assembly {
            mstore(parents, 16)
        }
        eq(models.ancestorsOf(mintAs(OWNER, OWNER, parents)).length, 16);
    }

    function test_RoyaltiesTakeHalfAtMost() public {
        uint256 first = mintModel(OWNER, "first", 1);
        uint256 second = mintModel(OWNER, "second", 1);
        uint256 most = license(BUYER, first, deriveTerms(3_000, true));
        uint256 allowed = license(BUYER, second, deriveTerms(2_000, true));
        eq(models.lineageOf(mintAs(BUYER, BUYER, two(Parent(first, most), Parent(second, allowed)))), 5_000);
        uint256 tooMuch = license(BUYER, second, deriveTerms(2_001, true));
        bytes memory refusal = abi.encodeWithSelector(IModelRegistry.ModelRegistry_RoyaltiesAboveCap.selector, 5_001);
        refuse(BUYER, BUYER, two(Parent(first, most), Parent(second, tooMuch)), refusal);
    }

    function test_RevertWhen_AnOfferToDeriveAsksForMoreThanIsLeft() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 child = mintChild(BUYER, "child", one(root, license(BUYER, root, deriveTerms(3_000, true))));
        uint32 fits = termsRegistry.register(deriveTerms(2_000, true));
        uint32 tooMuch = termsRegistry.register(deriveTerms(2_001, true));
        vm.startPrank(BUYER);
        models.setOffer(child, TermsKind.DERIVE, fits);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_RoyaltiesAboveCap.selector, 5_001));
        models.setOffer(child, TermsKind.DERIVE, tooMuch);
        vm.stopPrank();
    }

    function test_TermsWithoutDerivativesEndTheLine() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 open = mintModel(OWNER, "open", 1);
        uint256 closing = license(BUYER, root, deriveTerms(100, false));
        uint256 opening = license(BUYER, open, deriveTerms(100, true));
        uint256 child = mintAs(BUYER, BUYER, two(Parent(root, closing), Parent(open, opening)));
        require(!models.isDerivable(child) && models.isDerivable(root), "closed");
        uint256 own = mintChild(BUYER, "own", one(child, 0));
        require(!models.isDerivable(own), "inherited");
        refuseDeriving(child);
        refuseDeriving(own);
    }

    function test_RevertWhen_AClosedModelIsMintedWithAnOfferToDerive() public {
        uint256 root = mintModel(OWNER, "root", 1);
        uint256 licenseId = license(BUYER, root, deriveTerms(100, false));
        committed(BUYER, "child");
        MintParams memory p = mintParams(BUYER, "child", 0);
        p.offers[2] = termsRegistry.register(deriveTerms(1, true));
        p.parents = one(root, licenseId);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotDerivable.selector, root + 1));
        mint(p);
    }

    /// @notice Whatever the family tree, every pair of models agrees with a plain walk over it.
    function testFuzz_mintAgreesWithAPlainWalk(uint256 seed) public {
        uint16[14][14] memory share; // of the row's model to the column's, plus 1 where it descends from it
        uint256 count = 1;
        mintModel(OWNER, "root", 1);
        for (uint256 round = 1; round < 14; ++round) {
            Parent[] memory parents = parentsOf(seed, round, count);
            (uint16[14] memory row, uint256 total) = walk(share, parents);
            committed(BUYER, bytes32(round));
            MintParams memory p = mintParams(BUYER, bytes32(round), 1);
            p.parents = parents;
            vm.prank(BUYER);
            try models.mint(p) returns (uint256 modelId) {
                require(total <= 5_000, "above the cap");
                eq(modelId, count + 1);
                share[count++] = row;
                eq(models.lineageOf(modelId), total);
            } catch {
                require(total > 5_000, "under the cap");
            }
        }
        for (uint256 i = 0; i < count; ++i) {
            for (uint256 j = 0; j < count; ++j) {
                require(models.isDescendant(i + 1, j + 1) == (i == j || share[i][j] != 0), "descent");
                eq(models.royaltyOf(i + 1, j + 1), share[i][j] == 0 ? 0 : share[i][j] - 1);
            }
        }
    }

    /// @dev One to three different parents, each under a license with a royalty of its own.
    function parentsOf(uint256 seed, uint256 round, uint256 count) private returns (Parent[] memory parents) {
        uint256 wanted = 1 + (draw(seed, round, 0) % 3);
        parents = new Parent[](wanted < count ? wanted : count);
        uint256 first = draw(seed, round, 1) % count;
        for (uint256 i = 0; i < parents.length; ++i) {
            uint256 parent = ((first + i) % count) + 1;
            uint16 royaltyBps = uint16(draw(seed, round, 2 + i) % 900);
            parents[i] = Parent(parent, license(BUYER, parent, deriveTerms(royaltyBps, true)));
        }
    }

    function walk(
        uint16[14][14] memory share,
        Parent[] memory parents
    ) private view returns (uint16[14] memory row, uint256 total) {
        for (uint256 i = 0; i < parents.length; ++i) {
            uint256 parent = parents[i].modelId - 1;
            (uint16 royaltyBps, ) = termsRegistry.derivingOf(
                granted.deriveTermsOf(parents[i].licenseId, BUYER, parent + 1)
            );
            if (royaltyBps + 1 > row[parent]) row[parent] = royaltyBps + 1;
            for (uint256 j = 0; j < 14; ++j) if (share[parent][j] > row[j]) row[j] = share[parent][j];
        }
        for (uint256 j = 0; j < 14; ++j) if (row[j] != 0) total += row[j] - 1;
    }

    function draw(uint256 seed, uint256 round, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, round, i)));
    }

    function mintAs(address minter, address owner, Parent[] memory parents) private returns (uint256) {
        MintParams memory p = prepared(minter, owner, parents);
        vm.prank(minter);
        return models.mint(p);
    }

    function refuse(address minter, address owner, Parent[] memory parents, bytes memory refusal) private {
        MintParams memory p = prepared(minter, owner, parents);
        vm.expectRevert(refusal);
        vm.prank(minter);
        models.mint(p);
    }

    function prepared(address minter, address owner, Parent[] memory parents) private returns (MintParams memory p) {
        bytes32 root = keccak256(abi.encode(minter, owner, block.number));
        committed(minter, root);
        p = mintParams(owner, root, termsRegistry.register(terms(1)));
        p.parents = parents;
    }

    function refuseDeriving(uint256 modelId) private {
        uint32 termsId = termsRegistry.register(deriveTerms(0, true));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotDerivable.selector, modelId));
        vm.prank(BUYER);
        models.setOffer(modelId, TermsKind.DERIVE, termsId);
    }

    function unlicensed(uint256 parentId, uint256 licenseId, address minter) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IModelRegistry.ModelRegistry_ParentNotLicensed.selector,
                parentId,
                licenseId,
                minter
            );
    }
}
