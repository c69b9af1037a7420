// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RevenueVault} from "../../src/RevenueVault.sol";
import {Claim, ClaimState, Receipt, ReceiptEvidence} from "../../src/interfaces/Claims.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {LicenseState} from "../../src/interfaces/ILicenseRegistry.sol";
import {Buckets} from "../../src/interfaces/IRevenueVault.sol";
import {CourtFixture} from "../../testing/CourtFixture.sol";

/// @notice Two hosts with one license each, two answers of the first and one of the second that nobody paid for yet,
/// and every step that
/// anybody can take from there. An action that the contracts refuse reverts, and leads nowhere.
contract SmallWorld is CourtFixture {
    uint256 private constant OTHER_KEY = 0x52;
    address private constant OTHER = address(0x07E2);
    uint256 private constant USES = 3;
    uint256 private constant ACTIONS = 24;

    /// @notice Where a step leads. A world is asked by calls that revert: so nothing that is tried out stays.
    error Reached(bytes32 state);
    /// @notice The rule that a step, or the state it leads to, breaks.
    error Broken(bytes reason);
    /// @notice Where every step leads from a state, 0 where it is refused.
    error Neighbours(bytes32[] states);

    ReceiptEvidence[USES] private uses;
    uint256[2] private licenseIds;
    uint256 private supply;
    // What the court took out of a pot of HOST's, and the most that one claim on it could take.
    mapping(uint256 potClosesAt => uint256) private takenOf;
    mapping(uint256 potClosesAt => uint256) private largestOf;
    uint256[USES] private committedAt;

    constructor() {
        deployCourt();
        openDoors();
        modelId = mintModel(OWNER, "root", 5_000);
        address[2] memory hosts = [HOST, OTHER];
        fund(OTHER, address(licenses));
        for (uint256 i = 0; i < 2; ++i) {
            openAccount(hosts[i], i == 0 ? SIGNER_KEY : OTHER_KEY, BOND);
            licenseIds[i] = accept(hosts[i], modelId);
            serve(OWNER, licenseIds[i]);
            vaultOf(licenseIds[i]);
        }
        for (uint256 i = 0; i < USES; ++i) {
            uses[i].signed = signed(i == 2 ? OTHER_KEY : SIGNER_KEY, answered(licenseIds[i / 2], bytes32(i)));
            uses[i].nonceSalt = bytes32(i);
        }
        vm.warp(block.timestamp + 12); // they are of age
        supply = token.totalSupply();
    }

    function actions() external pure returns (uint256) {
        return ACTIONS;
    }

    /// @notice Takes the steps of a path (five bits each, the first one lowest), then looks where each next one leads.
    /// Always reverts.
    function lookAround(uint256 path, uint256 length) external {
        for (uint256 i = 0; i < length; ++i) act((path >> (5 * i)) & 31);
        bytes32[] memory states = new bytes32[](ACTIONS);
        (uint256 time, uint256 number) = (block.timestamp, block.number);
        for (uint256 action = 0; action < ACTIONS; ++action) {
            try this.look(action) {} catch (bytes memory reason) {
                bytes4 kind = bytes4(reason);
                if (kind == Reached.selector) states[action] = word(reason);
                else if (kind == Broken.selector) revert(string(abi.encodePacked(reason, path)));
            }
            vm.warp(time); // a revert leaves the clock alone
            vm.roll(number);
        }
        revert Neighbours(states);
    }

    /// @notice Takes one step. Always reverts: with the state reached, the rule broken, or the contracts' refusal.
    function look(uint256 action) external {
        act(action);
        try this.check() {} catch (bytes memory reason) {
            revert Broken(reason);
        }
        revert Reached(this.fingerprint());
    }

    function act(uint256 action) private {
        if (action < 3) commitUse(action);
        else if (action < 6) claimUse(action - 3);
        else if (action < 9) book(licenseIds[(action - 6) / 2], paymentNonce(action - 5), PRICE);
        else if (action < 12) cureUse(action - 9);
        else if (action < 15) finaliseUse(action - 12);
        else if (action == 15) RevenueVault(licenses.vaultOf(licenseIds[0])).distribute();
        else if (action == 16) RevenueVault(licenses.vaultOf(licenseIds[0])).payHost();
        else if (action == 17) deposit();
        else if (action == 18) ask();
        else if (action == 19) leave();
        else if (action == 20) close();
        else if (action == 21) licenses.finishClose(licenseIds[0]);
        else if (action == 22)
            tick(16); // past an answer window
        else tick(121); // past a pot and an exit
    }

    /// @notice Reverts unless every property holds.
    function check() external view {
        uint256 bonds = licenses.accountOf(HOST).bond + uint256(licenses.accountOf(OTHER).bond);
        eq(token.balanceOf(address(licenses)), bonds);
        uint256 owed = court.balanceOf(VERIFIER);
        for (uint256 i = 0; i < USES; ++i) {
            Claim memory claim = court.claim(digestOf(uses[i]));
            if (claim.state == ClaimState.CONTESTED) owed += claim.bond;
        }
        eq(token.balanceOf(address(court)), owed);
        vaultIsSolvent(licenses.vaultOf(licenseIds[0]));
        vaultIsSolvent(licenses.vaultOf(licenseIds[1]));
        potIsCovered(HOST);
        potIsCovered(OTHER);
        eq(token.totalSupply(), supply);
    }

    /// @notice Everything that what can happen next depends on.
    function fingerprint() external view returns (bytes32) {
        bytes memory claims;
        for (uint256 i = 0; i < USES; ++i) {
            bytes32 digest = digestOf(uses[i]);
            claims = abi.encode(claims, court.claim(digest), committedAt[i]);
        }
        return keccak256(abi.encode(block.timestamp, claims, pots(HOST), pots(OTHER), vaults(0), vaults(1)));
    }

    function commitUse(uint256 i) private {
        commit(contentsOf(alone(uses[i])));
        committedAt[i] = block.timestamp;
    }

    function claimUse(uint256 i) private {
        uint256 most = licenses.accountOf(i == 2 ? OTHER : HOST).bond / 2;
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealUnpaidUse(alone(uses[i]), SALT);
        uint256 pot = court.claim(claimId).potClosesAt;
        if (most > largestOf[pot]) largestOf[pot] = most;
        committedAt[i] = 0;
    }

    function cureUse(uint256 i) private {
        court.cure(shown(i));
        if (licenses.license(licenseIds[i / 2]).state == LicenseState.SUSPENDED) {
            for (uint256 k = 0; k < USES; ++k) {
                if (k / 2 == i / 2 && court.claim(digestOf(uses[k])).suspends) return;
            }
            if (licenses.isCovered(i == 2 ? OTHER : HOST)) revert Broken("a cured license stays suspended");
        }
    }

    function finaliseUse(uint256 i) private {
        uint256 before = licenses.accountOf(HOST).bond;
        uint256 balance = court.balanceOf(VERIFIER);
        court.finaliseUnpaidUse(shown(i), VERIFIER, uses[i].nonceSalt);
        uint256 taken = before - licenses.accountOf(HOST).bond;
        if (i == 2 && taken != 0) revert Broken("a host paid for another");
        Claim memory claim = court.claim(digestOf(uses[i]));
        if (claim.state == ClaimState.PAID_LATE && court.balanceOf(VERIFIER) - balance > DOLLAR + DOLLAR / 2)
            revert Broken("a paid use earned more than its costs");
        takenOf[claim.potClosesAt] += taken;
        if (takenOf[claim.potClosesAt] > largestOf[claim.potClosesAt]) revert Broken("a pot gave more than one slash");
    }

    function shown(uint256 i) private view returns (Receipt[] memory receipts) {
        receipts = new Receipt[](1);
        receipts[0] = uses[i].signed.receipt;
    }

    function deposit() private {
        vm.prank(HOST);
        licenses.depositBond(HOST, 70 * DOLLAR);
    }

    function ask() private {
        uint256 bond = licenses.accountOf(HOST).bond;
        vm.prank(HOST);
        licenses.announceExit(bond);
    }

    function leave() private {
        Account memory before = licenses.accountOf(HOST);
        vm.prank(HOST);
        licenses.withdraw();
        if (licenses.accountOf(HOST).bond < before.contested) revert Broken("a bond left that a claim reserves");
    }

    function close() private {
        vm.prank(HOST);
        licenses.close(licenseIds[0]);
    }

    function word(bytes memory reason) private pure returns (bytes32 state) {
        assembly ("memory-safe") {
            state := mload(add(reason, 36))
        }
    }

    function tick(uint256 time) private {
        vm.warp(block.timestamp + time);
        vm.roll(block.number + 1);
    }

    function vaultIsSolvent(address at_) private view {
        RevenueVault vault = RevenueVault(at_);
        Buckets memory b = vault.buckets();
        eq(token.balanceOf(at_), b.protocolFee + b.pool + b.lineage + b.owner + b.host + vault.undistributed());
    }

    function potIsCovered(address account) private view {
        Account memory stored = licenses.accountOf(account);
        (uint256 size, uint256 taken, uint256 open, ) = court.potOf(account);
        require(stored.contested <= stored.bond, "more is set aside than there is");
        require(open == 0 || stored.contested >= size - taken, "a pot is not covered");
    }

    function pots(address account) private view returns (bytes memory) {
        (uint256 size, uint256 taken, uint256 open, uint256 closesAt) = court.potOf(account);
        return abi.encode(licenses.accountOf(account), size, taken, open, closesAt);
    }

    function vaults(uint256 i) private view returns (bytes memory) {
        RevenueVault vault = RevenueVault(licenses.vaultOf(licenseIds[i]));
        uint256 first = vault.booked(paymentRef(paymentNonce(2 * i + 1)), BUYER);
        uint256 second = vault.booked(paymentRef(paymentNonce(2 * i + 2)), BUYER);
        return abi.encode(licenses.license(licenseIds[i]), vault.buckets(), vault.undistributed(), first, second);
    }
}
