// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {VaultTest} from "../testing/VaultFixture.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {Buckets, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

// distribute
// ├── when nothing arrived, or the token took some away    reverts
// └── when money arrived                        splits every unit: fee, pool, lineage, owner, host
// callbacks                                     find every entry shut
contract RevenueVaultTest is VaultTest {
    // distribute

    function test_RevertWhen_NothingArrived() public {
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToDistribute.selector);
        vault.distribute();
    }

    function test_DistributeSplitsByTheTerms() public {
        give(10_000);
        eq(vault.undistributed(), 10_000);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Distributed(10_000, 250, 250, 0, 5_700, 3_800); // 60 % of 9,500 to the owner
        vm.prank(OUTSIDER);
        eq(vault.distribute(), 10_000);
        bucketsAre(250, 250, 0, 5_700, 3_800);
        eq(vault.undistributed(), 0);
    }

    function test_DistributePaysTheLineageFirst() public {
        (uint256 parent, uint256 grandparent) = descend();
        give(10_000);
        vm.expectEmit(address(vault));
        // 10 % and 5 % of 9,750, rounded down, before the pool; then 60 % of the rest
        emit IRevenueVault.Distributed(10_000, 250, 250, 1_462, 4_822, 3_216);
        vault.distribute();
        bucketsAre(250, 250, 1_462, 4_822, 3_216);
        eq(vault.royaltyOwed(parent), 975);
        eq(vault.royaltyOwed(grandparent), 487);
    }

    function test_OneUnitGoesToTheHost() public {
        give(1);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Distributed(1, 0, 0, 0, 0, 1);
        vault.distribute();
        give(1); // two units, and the owner's 60 % of them is one
        vm.expectEmit(address(vault));
        emit IRevenueVault.Distributed(1, 0, 0, 0, 1, 0);
        vault.distribute();
        bucketsAre(0, 0, 0, 1, 1);
    }

    function test_NewRatesHoldForNewMoney() public {
        give(10_000);
        vault.distribute();
        Rates memory rates = parameters.rates();
        (rates.protocolFeeBps, rates.poolBps, rates.treasury) = (0, 1_000, OUTSIDER);
        vm.prank(parameters.timelock());
        parameters.setRates(rates);
        give(10_000);
        vault.distribute();
        bucketsAre(250, 1_250, 0, 5_700 + 5_400, 3_800 + 3_600);
        vault.payProtocol();
        eq(token.balanceOf(OUTSIDER), 1_000 * DOLLAR + 250);
    }

    function test_APrivateLicensePaysTheOwnerAlone() public {
        offer(OWNER, modelId, privateTerms());
        vault = vaultOf(acceptKind(HOST, modelId, TermsKind.PRIVATE));
        vault.distribute();
        bucketsAre(125_000, 125_000, 0, 4_750_000, 0);
    }

    function test_RevertWhen_TheTokenTookBalanceAway() public {
        give(10_000);
        vault.distribute();
        token.seize(address(vault), 1);
        eq(vault.undistributed(), 0);
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToDistribute.selector);
        vault.distribute();
        give(1);
        eq(vault.undistributed(), 0);
        give(1);
        eq(vault.distribute(), 1);
    }

    function test_MoneyMayComeBeforeTheCode() public {
        fund(VERIFIER, address(licenses));
        vm.startPrank(VERIFIER);
        licenses.depositBond(VERIFIER, BOND);
        vm.stopPrank();
        uint256 later = accept(VERIFIER, modelId);
        address where = licenses.vaultOf(later);
        eq(where.code.length, 0);
        token.mint(where, 10_000);
        vault = vaultOf(later);
        eq(address(vault), where);
        eq(vault.distribute(), 10_000);
    }

    // callbacks

    function test_ATokenThatCallsBackFindsEveryEntryShut() public {
        bytes[6] memory calls = [
            abi.encodeCall(vault.distribute, ()),
            abi.encodeCall(vault.payProtocol, ()),
            abi.encodeCall(vault.payAncestor, (1)),
            abi.encodeCall(vault.payOwner, ()),
            abi.encodeCall(vault.payHost, ()),
            abi.encodeCall(vault.withdraw, (OWNER))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            give(10_000);
            vault.distribute();
            give(1);
            token.callBack(address(vault), calls[i]);
            vault.payOwner();
            require(token.hookReverted(), "reentered");
            vault.distribute();
        }
    }

    // Fuzz

    function testFuzz_distribute(uint256 first, uint256 second, uint16 ownerShareBps) public {
        Terms memory t = terms(5_000);
        t.ownerShareBps = uint16(bound(ownerShareBps, 0, 10_000));
        t.bond = 0;
        uint256 other = mintModel(OWNER, "other", 5_000);
        offer(OWNER, other, t);
        vault = vaultOf(accept(HOST, other));
        (first, second) = (bound(first, 1, 1e15), bound(second, 1, 1e15));
        give(first);
        eq(vault.distribute(), first);
        give(second);
        eq(vault.distribute(), second);
        Buckets memory b = vault.buckets();
        eq(b.protocolFee, (first * 250) / 10_000 + (second * 250) / 10_000);
        eq(b.pool, b.protocolFee);
        uint256 net = first + second - 2 * b.pool;
        eq(b.owner, (net * t.ownerShareBps) / 10_000);
        eq(b.owner + b.host, net);
    }

    /// @notice However the money comes in and is split, the shares are those of the sum.
    function testFuzz_SplittingOftenChangesNothing(uint256[6] memory amounts) public {
        uint256 fees = 0;
        uint256 gross = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            amounts[i] = bound(amounts[i], 1, 1e12);
            give(amounts[i]);
            vault.distribute();
            gross += amounts[i];
            fees += 2 * ((amounts[i] * 250) / 10_000);
        }
        bucketsAre(
            fees / 2,
            fees / 2,
            0,
            ((gross - fees) * 6_000) / 10_000,
            gross - fees - ((gross - fees) * 6_000) / 10_000
        );
    }

    /// @notice A vault always holds what its buckets and credits say, and pays out no more than came in.
    function testFuzz_AVaultStaysSolvent(uint256[12] memory steps) public {
        uint256 given = 0;
        for (uint256 i = 0; i < steps.length; ++i) {
            uint256 step = steps[i] % 8;
            if (step < 3) {
                uint256 amount = bound(steps[i] >> 8, 1, 1e12);
                give(amount);
                given += amount;
            }
            if (step == 3) token.refuse(OWNER, !token.refuses(OWNER));
            bytes[4] memory calls = [
                abi.encodeCall(vault.distribute, ()),
                abi.encodeCall(vault.payOwner, ()),
                abi.encodeCall(vault.payHost, ()),
                abi.encodeCall(vault.payProtocol, ())
            ];
            (bool done, ) = address(vault).call(calls[(steps[i] >> 4) % 4]);
            done; // refused where there is nothing
            Buckets memory b = vault.buckets();
            uint256 kept = b.protocolFee + b.pool + b.lineage + b.owner + b.host + vault.owed(OWNER);
            eq(token.balanceOf(address(vault)), kept + vault.undistributed());
        }
        uint256 out =
            token.balanceOf(OWNER) + token.balanceOf(TREASURY) + token.balanceOf(POOL) + token.balanceOf(HOST);
        eq(out + token.balanceOf(address(vault)), given + 1_000 * DOLLAR - BOND);
    }
}
