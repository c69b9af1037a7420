// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {IModelRegistry, MintParams, Parent} from "../src/interfaces/IModelRegistry.sol";
import {Hosting, Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// mint, setOffer
// ├── when SERVE terms of a child ask for less than a parent's DERIVE license names    reverts, of each of the three
// ├── when a DERIVE offer names less than its model ever asked of hosts                reverts, of each of the three
// ├── when SERVE terms would ask for more than a standing DERIVE offer names           reverts
// └── otherwise                                                                        binds children, and theirs
contract ChildTermsTest is LicenseTest {
    uint256 private right;

    function setUp() public override {
        super.setUp();
        offer(OWNER, modelId, deriveTerms(500, true));
        right = acceptKind(HOST, modelId, TermsKind.DERIVE);
        serve(OWNER, right);
    }

    function child(Terms memory serving) private returns (MintParams memory p) {
        committed(HOST, "child");
        p = mintParams(HOST, "child", termsRegistry.register(serving));
        p.parents = one(modelId, right);
    }

    function tooLax(uint256 model, Terms memory t, Hosting memory bounds) private {
        uint32 termsId = termsRegistry.register(t);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_TermsTooLax.selector, model, termsId, bounds)
        );
    }

    function refuseOffer(address owner, uint256 model, Terms memory t, Hosting memory bounds) private {
        uint32 termsId = termsRegistry.register(t);
        tooLax(model, t, bounds);
        vm.prank(owner);
        models.setOffer(model, t.kind, termsId);
    }

    function least() private pure returns (Hosting memory) {
        return Hosting(FLOOR, uint96(RESERVED), 5_000);
    }

    /// @dev The terms that the model offers, each of the three figures lowered by one in turn.
    function laxer(uint256 i) private pure returns (Terms memory t) {
        t = terms(5_000);
        if (i == 0) t.price -= 1;
        if (i == 1) t.bond -= 1;
        if (i == 2) t.slashBps -= 1;
    }

    // F11: a licensee minted a child with slashBps = 1 and served the parent unpaid under its own license on the child
    function test_F11_AChildOfLaxTermsIsRefused() public {
        MintParams memory fits = child(terms(5_000));
        for (uint256 i = 0; i < 3; ++i) {
            MintParams memory p = fits;
            p.offers = [termsRegistry.register(laxer(i)), 0, 0];
            tooLax(modelId + 1, laxer(i), least());
            vm.prank(HOST);
            models.mint(p);
        }
        fits.offers = [termsRegistry.register(terms(5_000)), 0, 0];
        uint256 childId = mint(fits);
        for (uint256 i = 0; i < 3; ++i) {
            refuseOffer(HOST, childId, laxer(i), least());
        }
        require(models.isDescendant(childId, modelId), "a child");
    }

    function test_EveryParentBindsItsChild() public {
        Terms memory cheap = terms(1);
        (cheap.price, cheap.bond) = (1, 0);
        committed(OUTSIDER, "cheap");
        uint256 other = mint(mintParams(OUTSIDER, "cheap", termsRegistry.register(cheap)));
        Terms memory derive = deriveTerms(500, true);
        (derive.childPrice, derive.childBond, derive.slashBps) = (1, 0, 1);
        offer(OUTSIDER, other, derive);
        uint256 second = acceptKind(HOST, other, TermsKind.DERIVE);
        serve(OUTSIDER, second);
        MintParams memory p = child(laxer(0));
        p.parents = two(Parent(modelId, right), Parent(other, second));
        tooLax(other + 1, laxer(0), least());
        vm.prank(HOST);
        models.mint(p);
    }

    // protocol §6: hides behind a child of its own with lax terms, two steps away
    function test_F11_NorAreTermsLaxerTwoStepsAway() public {
        Terms memory own = privateTerms();
        MintParams memory p = child(terms(5_000));
        p.offers = [uint32(0), termsRegistry.register(own), 0];
        uint256 childId = mint(p); // never offered to hosts: only what it was built under binds it
        Terms memory lax = deriveTerms(0, true);
        lax.slashBps = 1;
        refuseOffer(HOST, childId, lax, least());
        // its own child without a license inherits them too
        committed(HOST, "grandchild");
        MintParams memory q = mintParams(HOST, "grandchild", termsRegistry.register(terms(1)));
        q.parents = one(childId, 0);
        tooLax(childId + 1, terms(1), least());
        vm.prank(HOST);
        models.mint(q);
    }

    function test_ADeriveOfferNamesTheHighestThatWasEverOffered() public {
        uint256 other = mintModel(OWNER, "other", 5_000);
        Terms memory dear = terms(4_000);
        (dear.price, dear.bond) = (9 * FLOOR, 1);
        offer(OWNER, other, dear);
        offer(OWNER, other, terms(1)); // each by itself: the price of one, bond and slash of the other
        Hosting memory highest = Hosting(9 * FLOOR, uint96(RESERVED), 5_000);
        eq(models.leastHostingOf(other, TermsKind.DERIVE).price, 9 * FLOOR);
        eq(models.leastHostingOf(other, TermsKind.SERVE).price, 0);
        Terms memory derive = deriveTerms(1, true);
        refuseOffer(OWNER, other, derive, highest);
        derive.childPrice = 9 * FLOOR;
        offer(OWNER, other, derive);
    }

    function test_AStandingDeriveOfferIsRaisedFirst() public {
        Terms memory dearer = terms(5_000);
        dearer.price += 1;
        uint32 standing = models.offerOf(modelId, TermsKind.DERIVE);
        uint32 termsId = termsRegistry.register(dearer);
        vm.expectRevert(
            abi.encodeWithSelector(
                IModelRegistry.ModelRegistry_TermsTooLax.selector,
                modelId,
                standing,
                Hosting(FLOOR + 1, uint96(RESERVED), 5_000)
            )
        );
        vm.prank(OWNER);
        models.setOffer(modelId, TermsKind.SERVE, termsId);
        Terms memory derive = deriveTerms(500, true);
        derive.childPrice += 1;
        offer(OWNER, modelId, derive);
        offer(OWNER, modelId, dearer);
        mint(child(terms(5_000))); // a license keeps the terms that it accepted
    }
}
