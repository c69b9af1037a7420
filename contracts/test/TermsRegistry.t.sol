// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Rates} from "../src/interfaces/IParameters.sol";
import {Hosting, ITermsRegistry, Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// register
// ├── when the terms are known                     keeps their id, counts and emits nothing, even if they would be
//                                                  refused today
// ├── when a field lies outside its bounds         reverts with its name and value
// │   ├── kind, mode, slashBps                     whatever the kind
// │   ├── derivatives, royaltyBps                  must be empty but for DERIVE
// │   ├── period                                   must be empty but for PRIVATE, where it must not
// │   ├── ownerShareBps                            must be all but for SERVE
// │   └── price, childPrice                        must not be empty where it is a floor, nor above 56 bits
// └── otherwise                                    gives the next id and keeps every field
// terms, kindOf, ratesOf, licensingOf, derivingOf
// ├── when the id is unknown                       reverts
// └── otherwise                                    answers from the same fields
contract TermsRegistryTest is ModelTest {
    uint96 private constant MAX_FLOOR = type(uint56).max;

    function test_IdsCountFromOne() public {
        eq(termsRegistry.termsCount(), 0);
        eq(termsRegistry.register(terms(1)), 1);
        eq(termsRegistry.register(terms(2)), 2);
        eq(termsRegistry.termsCount(), 2);
    }

    function test_EqualTermsHaveOneId() public {
        Terms memory t = terms(5_000);
        bytes32 termsHash = keccak256(abi.encode(t));
        eq(termsRegistry.idOf(termsHash), 0);
        vm.expectEmit(address(termsRegistry));
        emit ITermsRegistry.TermsRegistered(1, termsHash, t);
        termsRegistry.register(t);
        eq(termsRegistry.idOf(termsHash), 1);
        vm.prank(OUTSIDER);
        eq(termsRegistry.register(t), 1);
        eq(termsRegistry.termsCount(), 1);
    }

    function test_ALowerMaximumLeavesKnownTermsAlone() public {
        uint32 termsId = termsRegistry.register(terms(5_000));
        Rates memory rates = devRates();
        rates.maxSlashBps = 4_999;
        vm.prank(parameters.timelock());
        parameters.setRates(rates);
        eq(termsRegistry.register(terms(5_000)), termsId);
        Terms memory t = terms(5_000);
        t.price = FLOOR + 1;
        refuse(t, "slashBps", 5_000);
    }

    function test_RevertWhen_TheKindOrModeIsUnknown() public {
        Terms memory t = terms(1);
        t.kind = TermsKind.COUNT;
        refuse(t, "kind", 3);
        t = terms(1);
        t.mode = 3;
        termsRegistry.register(t);
        t.mode = 4;
        refuse(t, "mode", 4);
    }

    function test_RevertWhen_TheSlashIsNoneOrTooLarge() public {
        refuse(terms(0), "slashBps", 0);
        refuse(terms(5_001), "slashBps", 5_001);
        termsRegistry.register(terms(1));
        termsRegistry.register(terms(5_000));
    }

    function test_RevertWhen_TheOwnerShareIsImpossible() public {
        Terms memory t = terms(1);
        t.ownerShareBps = 10_000;
        termsRegistry.register(t);
        t.ownerShareBps = 0;
        termsRegistry.register(t);
        t.ownerShareBps = 10_001;
        refuse(t, "ownerShareBps", 10_001);
    }

    function test_RevertWhen_AUseCostsNothing() public {
        Terms memory t = terms(1);
        t.price = 1;
        termsRegistry.register(t);
        t.price = 0;
        refuse(t, "price", 0);
        t = privateTerms();
        t.price = 0;
        termsRegistry.register(t);
    }

    function test_RevertWhen_AFloorFitsNoLicense() public {
        Terms memory t = terms(1);
        termsRegistry.register(withPrice(t, MAX_FLOOR));
        refuse(withPrice(t, MAX_FLOOR + 1), "price", MAX_FLOOR + 1);
        termsRegistry.register(withPrice(privateTerms(), type(uint96).max)); // a price is no floor
        t = withPrice(deriveTerms(1, true), type(uint96).max);
        t.childPrice = MAX_FLOOR;
        termsRegistry.register(t);
        t.childPrice = MAX_FLOOR + 1;
        refuse(t, "childPrice", MAX_FLOOR + 1);
    }

    function withPrice(Terms memory t, uint96 price) private pure returns (Terms memory) {
        t.price = price;
        return t;
    }

    function test_RevertWhen_SomebodyElseEarnsFromALicenseThatServesNobody() public {
        Terms memory t = privateTerms();
        t.ownerShareBps = 9_999;
        refuse(t, "ownerShareBps", 9_999);
        t = deriveTerms(100, true);
        t.ownerShareBps = 9_999;
        refuse(t, "ownerShareBps", 9_999);
    }

    function test_RevertWhen_OnlyAPrivateLicenseHasPeriods() public {
        Terms memory t = privateTerms();
        t.period = 0;
        refuse(t, "period", 0);
        t.period = 1;
        termsRegistry.register(t);
        t = terms(1);
        t.period = 1;
        refuse(t, "period", 1);
        t = deriveTerms(100, true);
        t.period = 1;
        refuse(t, "period", 1);
    }

    function test_RevertWhen_OnlyDerivativesPayRoyalties() public {
        Terms memory t = terms(1);
        t.royaltyBps = 1;
        refuse(t, "royaltyBps", 1);
        t = privateTerms();
        t.derivatives = true;
        refuse(t, "derivatives", 1);
        termsRegistry.register(deriveTerms(0, false));
        termsRegistry.register(deriveTerms(5_000, true));
        refuse(deriveTerms(5_001, true), "royaltyBps", 5_001);
    }

    function test_RevertWhen_OnlyDerivativesBindHostsOfAChild() public {
        Terms memory t = terms(1);
        t.childPrice = 1;
        refuse(t, "childPrice", 1);
        (t.childPrice, t.childBond) = (0, 1);
        refuse(t, "childBond", 1);
        t = deriveTerms(1, true);
        t.childPrice = 0;
        refuse(t, "childPrice", 0);
        t.childPrice = 7;
        Hosting memory child = termsRegistry.hostingOf(termsRegistry.register(t));
        eq(child.price, 7);
        eq(child.bond, t.childBond);
        eq(child.slashBps, t.slashBps);
        Hosting memory own = termsRegistry.hostingOf(termsRegistry.register(terms(9)));
        eq(own.price, FLOOR);
        eq(own.slashBps, 9);
    }

    function test_RevertWhen_TheIdIsUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(ITermsRegistry.TermsRegistry_UnknownTerms.selector, 1);
        vm.expectRevert(unknown);
        termsRegistry.terms(1);
        vm.expectRevert(unknown);
        termsRegistry.kindOf(1);
        vm.expectRevert(unknown);
        termsRegistry.ratesOf(1);
        vm.expectRevert(unknown);
        termsRegistry.licensingOf(1);
        vm.expectRevert(unknown);
        termsRegistry.derivingOf(1);
        vm.expectRevert(unknown);
        termsRegistry.hostingOf(1);
    }

    function testFuzz_registerKeepsEveryField(Terms memory t) public {
        t = valid(t);
        uint32 termsId = termsRegistry.register(t);
        eq(keccak256(abi.encode(termsRegistry.terms(termsId))), keccak256(abi.encode(t)));
        eq(termsRegistry.register(t), termsId);
        eq(termsRegistry.kindOf(termsId), t.kind);
        (uint96 price, uint16 ownerShareBps, uint16 slashBps) = termsRegistry.ratesOf(termsId);
        eq(
            keccak256(abi.encode(price, ownerShareBps, slashBps)),
            keccak256(abi.encode(t.price, t.ownerShareBps, t.slashBps))
        );
        (uint16 royaltyBps, bool derivatives) = termsRegistry.derivingOf(termsId);
        eq(keccak256(abi.encode(royaltyBps, derivatives)), keccak256(abi.encode(t.royaltyBps, t.derivatives)));
        checkLicensing(termsId, t);
    }

    function testFuzz_registerTellsTermsApart(Terms memory t, uint256 field) public {
        t = valid(t);
        uint32 termsId = termsRegistry.register(t);
        field = bound(field, 0, 5);
        if (field == 0) t.bond ^= 1;
        if (field == 1) t.leakBond ^= 1;
        if (field == 2) t.auditPeriod ^= 1;
        if (field == 3) t.approvalNeeded = !t.approvalNeeded;
        if (field == 4) t.uri = string.concat(t.uri, "!");
        if (field == 5) t.mode ^= 1;
        eq(termsRegistry.register(t), termsId + 1);
    }

    function testFuzz_registerRefusesWhatNoKindAllows(Terms memory t, uint16 over) public {
        t = valid(t);
        t.slashBps = uint16(bound(over, 5_001, type(uint16).max));
        refuse(t, "slashBps", t.slashBps);
    }

    function checkLicensing(uint32 termsId, Terms memory t) private view {
        (uint8 kind, bool approvalNeeded, uint32 period, uint96 price, uint96 bond, uint96 leakBond) = termsRegistry
            .licensingOf(termsId);
        bytes32 answered = keccak256(abi.encode(kind, approvalNeeded, period, price, bond, leakBond));
        eq(answered, keccak256(abi.encode(t.kind, t.approvalNeeded, t.period, t.price, t.bond, t.leakBond)));
    }

    /// @dev Brings terms into their bounds, so that every kind and field is reached.
    function valid(Terms memory t) private pure returns (Terms memory) {
        t.kind = uint8(bound(t.kind, 0, 2));
        t.mode = uint8(bound(t.mode, 0, 3));
        t.slashBps = uint16(bound(t.slashBps, 1, 5_000));
        t.ownerShareBps = t.kind == TermsKind.SERVE ? uint16(bound(t.ownerShareBps, 0, 10_000)) : 10_000;
        if (t.kind == TermsKind.SERVE) t.price = uint96(bound(t.price, 1, MAX_FLOOR));
        t.period = t.kind == TermsKind.PRIVATE ? uint32(bound(t.period, 1, type(uint32).max)) : 0;
        t.royaltyBps = t.kind == TermsKind.DERIVE ? uint16(bound(t.royaltyBps, 0, 5_000)) : 0;
        if (t.kind != TermsKind.DERIVE) (t.derivatives, t.childPrice, t.childBond) = (false, 0, 0);
        else t.childPrice = uint96(bound(t.childPrice, 1, MAX_FLOOR));
        return t;
    }

    function refuse(Terms memory t, bytes32 field, uint256 value) private {
        vm.expectRevert(abi.encodeWithSelector(ITermsRegistry.TermsRegistry_InvalidTerms.selector, field, value));
        termsRegistry.register(t);
    }
}
