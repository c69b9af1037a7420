// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILicenseRegistry, LicenseState, Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {IModelRegistry, MintParams, Payee, ReleaseParams} from "../src/interfaces/IModelRegistry.sol";
import {IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {Fixture} from "../testing/Fixture.sol";

// One deployment, several owners.
// A parent's licensee
// ├── whose DERIVE license is not active         cannot mint a child
// ├── whose DERIVE license is active             mints one that pays every ancestor on each use
// └── whose DERIVE license is over               keeps the children it has, and mints no more
// A model that is sold
// ├── pays its new owner from then on, whatever was earned before
// └── keeps its licenses, and what they owe its ancestors
// A new release                                   is taken up by licensees, or suspends them after the grace period
contract MarketTest is Fixture {
    uint256 private constant GROSS = 1_000_000;
    uint256 private constant NET = 950_000; // after 250 bps fee and 250 bps pool
    uint256 private constant ROYALTY = 97_500; // a tenth of what the fee leaves, before the pool
    uint16 private constant ROYALTY_BPS = 1_000;

    uint256 private parent;
    uint256 private right; // OUTSIDER's license to build on it

    function setUp() public {
        deployAll();
        openAccount(HOST, SIGNER_KEY, BOND);
        deposit(OUTSIDER);
        deposit(VERIFIER);
        parent = mintModel(OWNER, "parent", 5_000);
        offer(OWNER, parent, deriveTerms(ROYALTY_BPS, true));
        right = acceptKind(OUTSIDER, parent, TermsKind.DERIVE);
    }

    function test_RevertWhen_TheRightIsNotActive() public {
        refuseChild("accepted only");
        vm.prank(OWNER);
        licenses.deliver(right, 1, "edition");
        refuseChild("delivered only");
        vm.prank(OUTSIDER);
        licenses.activate(right);
        childOf(parent, "active");
        vm.prank(OUTSIDER);
        licenses.close(right);
        refuseChild("closing");
    }

    function test_RevertWhen_TheRightIsOfAnotherKind() public {
        uint256 serving = acceptKind(OUTSIDER, parent, TermsKind.SERVE);
        serve(OWNER, serving);
        right = serving;
        refuseChild("to serve");
    }

    function test_AChildPaysItsAncestors() public {
        serve(OWNER, right);
        uint256 child = childOf(parent, "child");
        RevenueVault vault = earning(child);
        uint256 before = token.balanceOf(OWNER);
        eq(vault.royaltyOwed(parent), ROYALTY);
        eq(vault.payAncestor(parent), ROYALTY);
        eq(token.balanceOf(OWNER) - before, ROYALTY);
        eq(vault.royaltyOwed(parent), 0);
        before = token.balanceOf(OUTSIDER);
        uint256 ownerShare = ((NET - ROYALTY) * 6_000) / 10_000;
        eq(vault.payOwner(), ownerShare);
        eq(token.balanceOf(OUTSIDER) - before, ownerShare);
        eq(vault.payHost(), NET - ROYALTY - ownerShare);
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToPay.selector);
        vault.payAncestor(child);
    }

    function test_AGrandchildPaysAllOfThem() public {
        serve(OWNER, right);
        uint256 child = childOf(parent, "child");
        offer(OUTSIDER, child, deriveTerms(500, true));
        right = acceptKind(VERIFIER, child, TermsKind.DERIVE);
        serve(OUTSIDER, right);
        uint256 grandchild = mintChild(VERIFIER, "grandchild", one(child, right));
        RevenueVault vault = earning(grandchild);
        eq(vault.royaltyOwed(parent), ROYALTY);
        eq(vault.royaltyOwed(child), ROYALTY / 2);
        eq(vault.buckets().lineage, ROYALTY + ROYALTY / 2);
    }

    function test_AClosedRightLeavesItsChildren() public {
        serve(OWNER, right);
        uint256 child = childOf(parent, "child");
        vm.prank(OUTSIDER);
        licenses.close(right);
        vm.warp(block.timestamp + parameters.rules().exitDelay);
        licenses.finishClose(right);
        RevenueVault vault = earning(child);
        eq(vault.royaltyOwed(parent), ROYALTY);
        refuseChild("closed");
    }

    function test_ASoldModelPaysItsNewOwner() public {
        RevenueVault vault = earning(parent);
        vm.prank(OWNER);
        models.setPayees(parent, payTo(BUYER));
        uint256 share = (NET * 6_000) / 10_000;
        vm.prank(OWNER);
        models.transferFrom(OWNER, VERIFIER, parent);
        uint256 before = token.balanceOf(VERIFIER);
        eq(vault.payOwner(), share); // earned before the sale, not paid out to the seller
        eq(token.balanceOf(VERIFIER) - before, share);
    }

    function test_ASoldModelKeepsWhatItOwesAndWhatItGranted() public {
        serve(OWNER, right);
        uint256 child = childOf(parent, "child");
        uint256 serving = accept(HOST, child);
        vm.prank(OUTSIDER);
        models.transferFrom(OUTSIDER, VERIFIER, child);
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotDeliverer.selector, serving, OUTSIDER)
        );
        vm.prank(OUTSIDER);
        licenses.deliver(serving, 1, "edition");
        serve(VERIFIER, serving);
        eq(licenses.license(serving).termsId, models.offerOf(child, TermsKind.SERVE));
        eq(models.royaltyOf(child, parent), ROYALTY_BPS);
        // The seller's right to build on the parent is its own; the buyer has none.
        right = licenses.licenseOf(VERIFIER, parent, TermsKind.DERIVE);
        eq(right, 0);
    }

    function test_ASoldParentIsPaidAtItsNewOwner() public {
        serve(OWNER, right);
        RevenueVault vault = earning(childOf(parent, "child"));
        vm.prank(OWNER);
        models.transferFrom(OWNER, VERIFIER, parent);
        uint256 before = token.balanceOf(VERIFIER);
        vault.payAncestor(parent);
        eq(token.balanceOf(VERIFIER) - before, ROYALTY);
    }

    // protocol §6: key leaks or is spent
    function test_AReleaseIsTakenUpOrSuspends() public {
        uint256 serving = accept(HOST, parent);
        serve(OWNER, serving);
        committed(OWNER, "second");
        vm.startPrank(OWNER);
        models.release(parent, ReleaseParams(codeBook("second"), "weights", "panel", parameters.rules().minGrace));
        licenses.deliver(serving, 2, "second edition");
        vm.stopPrank();
        require(licenses.suspensionOf(serving) == Suspension.NONE, "in its grace period");
        vm.warp(licenses.license(serving).activateBy + 1);
        vm.prank(BUYER);
        licenses.suspend(serving);
        eq(stateOf(serving), LicenseState.SUSPENDED);
        vm.prank(HOST);
        licenses.activate(serving);
        eq(stateOf(serving), LicenseState.ACTIVE);
        eq(licenses.license(serving).activated, 2);
    }

    /// @dev A host that serves `model` and was paid GROSS for one use, distributed.
    function earning(uint256 model) private returns (RevenueVault vault) {
        uint256 serving = accept(HOST, model);
        serve(models.ownerOf(model), serving);
        book(serving, "use", GROSS);
        vault = vaultOf(serving);
        eq(vault.distribute(), GROSS);
    }

    function deposit(address account) private {
        vm.prank(account);
        licenses.depositBond(account, BOND);
    }

    function childOf(uint256 model, bytes32 root) private returns (uint256) {
        return mintChild(OUTSIDER, root, one(model, right));
    }

    function refuseChild(bytes32 root) private {
        committed(OUTSIDER, root);
        MintParams memory p = mintParams(OUTSIDER, root, models.offerOf(parent, TermsKind.SERVE));
        p.parents = one(parent, right);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_ParentNotLicensed.selector, parent, right, OUTSIDER)
        );
        mint(p);
    }

    function payTo(address account) private pure returns (Payee[] memory payees) {
        payees = new Payee[](1);
        payees[0] = Payee(account, 10_000);
    }
}
