// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelActions} from "./ChannelActions.sol";
import {CourtActions} from "./CourtActions.sol";
import {LicenseActions} from "./LicenseActions.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {BATCH_SETTLEMENT} from "../../src/interfaces/IBatchSettlement.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {License, LicenseState} from "../../src/interfaces/ILicenseRegistry.sol";
import {Buckets} from "../../src/interfaces/IRevenueVault.sol";
import {TermsKind} from "../../src/interfaces/ITermsRegistry.sol";
import {Check} from "../../testing/Check.sol";

/// @notice Every action on accounts, licenses, vaults and channels, and what must hold between any two of them.
contract MoneyHandler is LicenseActions, ChannelActions, CourtActions {
    constructor() {
        deployStage();
        for (uint256 i = 0; i < 2; ++i)
            acceptAs(accounts[i], i == 0 ? childId : parentId, offered[1 - i][TermsKind.SERVE], uint96(90 * DOLLAR));
    }

    function vaultsHoldWhatTheyOwe() external view {
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            RevenueVault vault = RevenueVault(licenses.vaultOf(id));
            if (address(vault).code.length == 0) continue;
            Buckets memory b = vault.buckets();
            uint256 owed = b.protocolFee + b.pool + b.lineage + b.owner + b.host;
            for (uint256 i = 0; i < payees.length; ++i) owed += vault.owed(payees[i]);
            eq(token.balanceOf(address(vault)), owed + vault.undistributed());
        }
    }

    function nothingIsLostInAVault() external view {
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            address vault = licenses.vaultOf(id);
            eq(token.balanceOf(vault) + left[vault], arrived[vault]);
        }
    }

    function sharesSumToGross() external view {
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            RevenueVault vault = RevenueVault(licenses.vaultOf(id));
            if (address(vault).code.length == 0) continue;
            License memory it = licenses.license(id);
            (, uint256 ownerShareBps, ) = termsRegistry.ratesOf(it.termsId);
            address vault_ = address(vault);
            Buckets memory b = vault.buckets();
            uint256 net = split[vault_] - fees[vault_];
            uint256 lineage = ((net + pooled[vault_]) * models.lineageOf(it.modelId)) / 10_000;
            uint256 owner = ((net - lineage) * ownerShareBps) / 10_000;
            eq(b.protocolFee + b.pool + feesTaken[vault_], fees[vault_]);
            eq(b.lineage + royaltyTaken[vault_], lineage);
            eq(b.owner + ownerTaken[vault_], owner);
            eq(b.host + hostTaken[vault_], net - lineage - owner);
        }
    }

    function royaltiesStayInTheLineageShare() external view {
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            RevenueVault vault = RevenueVault(licenses.vaultOf(id));
            if (address(vault).code.length == 0) continue;
            require(vault.royaltyOwed(parentId) <= vault.buckets().lineage, "more royalty than lineage");
            eq(vault.royaltyOwed(childId), 0);
        }
    }

    function registryHoldsBondsAndDeposits() external view {
        uint256 owed = licenses.accountOf(HOST).bond + licenses.accountOf(CROOK).bond + licenses.accountOf(AUTHOR).bond;
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            License memory it = licenses.license(id);
            owed += it.leakBond;
            if (it.state == LicenseState.REQUESTED) owed += PRICE;
        }
        eq(token.balanceOf(address(licenses)), owed);
    }

    function bondsCoverWhatClaimsReserve() external view {
        for (uint256 i = 0; i < 2; ++i) {
            Account memory account = licenses.accountOf(accounts[i]);
            eq(account.contested, contested[accounts[i]]);
            require(account.bond >= account.contested, "uncovered claim");
        }
    }

    function allocatedIsTheSumOfOpenLicenses() external view {
        uint256[2] memory sums;
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            License memory it = licenses.license(id);
            bool isOver = it.state == LicenseState.CLOSED || (it.state == LicenseState.SLASHED && it.closedAt == 0);
            if (it.kind != TermsKind.SERVE || isOver) continue;
            sums[it.account == HOST ? 0 : 1] += 50 * DOLLAR;
        }
        for (uint256 i = 0; i < 2; ++i) eq(licenses.accountOf(accounts[i]).allocated, sums[i]);
    }

    function closedLicensesKeepNothing() external view {
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            License memory it = licenses.license(id);
            if (it.state == LicenseState.CLOSED) eq(it.leakBond, 0);
        }
    }

    function bookedChannelMoneyIsClaimed() external view {
        for (uint256 i = 0; i < configs.length; ++i) {
            bytes32 id = channels.getChannelId(configs[i]);
            (, uint128 claimed) = channels.channels(id);
            require(RevenueVault(configs[i].receiver).booked(id, BUYER) <= claimed, "booked without a claim");
        }
    }

    function bookedPaymentsArrived() external view {
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            address vault = licenses.vaultOf(id);
            require(bookedWithMoney[vault] <= arrived[vault], "booked without money");
        }
    }

    function channelsHoldWhatTheyOwe() external view {
        uint256 owed;
        for (uint256 i = 0; i < configs.length; ++i) {
            (uint128 balance, uint128 claimed) = channels.channels(channels.getChannelId(configs[i]));
            require(claimed <= balance, "claimed above the balance");
            owed += balance - claimed;
        }
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) {
            (uint128 claimed, uint128 settled) = channels.receivers(licenses.vaultOf(id), address(token));
            owed += claimed - settled;
        }
        eq(token.balanceOf(BATCH_SETTLEMENT), owed);
    }

    function everyUnitHasAPlace() external view {
        address[4] memory rest = [BUYER, CLAIM_COURT, LEAK_COURT, BATCH_SETTLEMENT];
        uint256 sum = token.balanceOf(address(licenses));
        for (uint256 i = 0; i < rest.length; ++i) sum += token.balanceOf(rest[i]);
        for (uint256 i = 0; i < payees.length; ++i) sum += token.balanceOf(payees[i]);
        for (uint256 id = 1; id <= licenses.licenseCount(); ++id) sum += token.balanceOf(licenses.vaultOf(id));
        eq(sum, token.totalSupply());
    }
}

contract MoneyInvariants is Check {
    MoneyHandler private handler;

    function setUp() public {
        handler = new MoneyHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_VaultsHoldWhatTheyOwe() public view {
        handler.vaultsHoldWhatTheyOwe();
    }

    function invariant_NoUnitOfAVaultIsLostOrCreated() public view {
        handler.nothingIsLostInAVault();
    }

    function invariant_SharesSumToGross() public view {
        handler.sharesSumToGross();
    }

    function invariant_RoyaltiesStayInTheLineageShare() public view {
        handler.royaltiesStayInTheLineageShare();
    }

    function invariant_TheRegistryHoldsBondsAndDeposits() public view {
        handler.registryHoldsBondsAndDeposits();
    }

    function invariant_BondsCoverWhatClaimsReserve() public view {
        handler.bondsCoverWhatClaimsReserve();
    }

    function invariant_AllocatedIsTheSumOfOpenLicenses() public view {
        handler.allocatedIsTheSumOfOpenLicenses();
    }

    function invariant_ClosedLicensesKeepNothing() public view {
        handler.closedLicensesKeepNothing();
    }

    function invariant_BookedChannelMoneyIsClaimed() public view {
        handler.bookedChannelMoneyIsClaimed();
    }

    function invariant_BookedPaymentsArrived() public view {
        handler.bookedPaymentsArrived();
    }

    function invariant_ChannelsHoldWhatTheyOwe() public view {
        handler.channelsHoldWhatTheyOwe();
    }

    function invariant_EveryUnitHasAKnownPlace() public view {
        handler.everyUnitHasAPlace();
    }

    /// @notice Exits before their delay, payouts while frozen, shrinking bookings and the like: what actions check by
    /// themselves.
    function invariant_NoActionBreaksARule() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_NobodyIsRefusedWhatIsDue() public view {
        handler.nothingWasRefused();
    }
}
