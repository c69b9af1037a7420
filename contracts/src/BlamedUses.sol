// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Record, Setting, State} from "./court/CourtState.sol";
import {Endings} from "./court/Endings.sol";
import {Money} from "./court/Money.sol";
import {Pots} from "./court/Pots.sol";
import {ClaimState, Receipt} from "./interfaces/Claims.sol";
import {IBlames, Resolution} from "./interfaces/IBlames.sol";
import {IClaimCourt} from "./interfaces/IClaimCourt.sol";
import {Serving} from "./interfaces/ILicenseRegistry.sol";
import {ITitleBonds} from "./interfaces/ITitleBonds.sol";
import {BatchOpening} from "./interfaces/IVerifierRegistry.sol";
import {BatchDraw} from "./libraries/BatchDraw.sol";
import {Booked} from "./libraries/Booked.sol";
import {ReceiptHash} from "./libraries/ReceiptHash.sol";
import {Tally} from "./libraries/Tally.sol";

/// @title What blame does to a claim of disguised use: holds its end until it is decided, then ends it.
/// @dev Linked into the claim court, as DisguisedUses is. A blamed claim keeps one hash: of its blame, and of how many
/// hits name which license. While it stands, those licenses are suspended, and their title covers held.
library BlamedUses {
    /// @notice By the receipts of all hits of the claim, in the order in which they were counted.
    function blame(
        State storage state,
        Setting memory setting,
        uint256 blameId,
        address claimant,
        BatchOpening calldata batch,
        Receipt[] calldata receipts
    ) external returns (bytes32 claimId) {
        ITitleBonds titles = _titles(setting);
        claimId = BatchDraw.batchId(claimant, batch);
        Record storage record = state.records[claimId];
        if (record.state != ClaimState.CONTESTED) revert IClaimCourt.ClaimCourt_WrongState(claimId, record.state);
        if (block.timestamp > record.answerBy) revert IClaimCourt.ClaimCourt_WindowOver(record.answerBy);
        bytes32 hitsHash;
        for (uint256 i = 0; i < receipts.length; ++i) {
            bytes32 digest = ReceiptHash.digestOf(address(this), receipts[i]);
            hitsHash = keccak256(abi.encode(hitsHash, digest));
            _check(setting, digest, receipts[i], batch.account);
        }
        if (hitsHash != state.proofs[claimId].hitsHash) revert IClaimCourt.ClaimCourt_NotTheHits(claimId);
        (uint256[] memory licenseIds, uint256[] memory counts) = Tally.of_(receipts);
        record.state = ClaimState.BLAMED;
        state.blamed[claimId] = keccak256(abi.encode(blameId, licenseIds, counts));
        // Interaction
        for (uint256 i = 0; i < licenseIds.length; ++i) {
            setting.licenses.suspendLicense(licenseIds[i]);
            titles.hold(licenseIds[i]);
        }
    }

    /// @notice Upheld: the title covers pay slash and committee, each by its share of the hits, and the account what is
    /// lacking. Otherwise the claim ends as any other.
    function resolve(State storage state, Setting memory setting, Resolution calldata told) external {
        ITitleBonds titles = _titles(setting);
        bytes32 claimId = BatchDraw.batchId(told.claimant, told.batch);
        bytes32 blamed = keccak256(abi.encode(told.blameId, told.licenseIds, told.hits));
        if (state.blamed[claimId] != blamed) revert IClaimCourt.ClaimCourt_NotBlamed(claimId, told.blameId);
        delete state.blamed[claimId];
        Endings.Parties memory parties = Endings.Parties(
            claimId,
            told.claimant,
            told.batch.account,
            told.batch.modelId
        );
        if (told.upheld) _excuse(state, setting, titles, told, parties);
        else Endings.slashAccount(state, setting, parties);
        // Interaction
        for (uint256 i = 0; i < told.licenseIds.length; ++i) {
            titles.unhold(told.licenseIds[i]);
            setting.licenses.liftSuspension(told.licenseIds[i]);
        }
    }

    function _excuse(
        State storage state,
        Setting memory setting,
        ITitleBonds titles,
        Resolution calldata told,
        Endings.Parties memory parties
    ) private {
        Record storage record = state.records[parties.claimId];
        uint256 slash = Math.min(record.reach, Pots.heldIn(state, parties.account, record.potClosesAt));
        uint256 paid = _takeCovers(titles, told, slash + told.spent);
        // The host has advanced what the committee cost: it comes first.
        uint256 repaid = Math.min(paid, told.spent);
        Endings.excuse(state, setting, parties, slash, paid - repaid);
        Money.pay(state, setting, told.payer, repaid);
    }

    /// @dev Of what is due, each license's cover pays its share of the hits, as far as it reaches.
    function _takeCovers(ITitleBonds titles, Resolution calldata told, uint256 due) private returns (uint256 paid) {
        uint256 all;
        for (uint256 i = 0; i < told.hits.length; ++i) all += told.hits[i];
        for (uint256 i = 0; i < told.hits.length; ++i) {
            uint256 amount = Math.min((due * told.hits[i]) / all, titles.coverOf(told.licenseIds[i]));
            if (amount == 0) continue;
            titles.take(told.licenseIds[i], amount);
            paid += amount;
        }
    }

    /// @dev Names a SERVE license of the account, in force when it answered and booked.
    function _check(Setting memory setting, bytes32 digest, Receipt calldata receipt, address accused) private view {
        uint256 licenseId = receipt.licenseId;
        Serving memory served = setting.licenses.servingOf(licenseId);
        bool owes = served.account == accused && served.slashBps != 0;
        if (!owes || !setting.licenses.inForceAt(licenseId, receipt.answeredAt))
            revert IClaimCourt.ClaimCourt_NotLicensed(digest, licenseId);
        if (!Booked.isBooked(served.vault, served.floorPrice, receipt))
            revert IClaimCourt.ClaimCourt_NotBooked(digest, licenseId);
    }

    /// @dev The blames alone call; they know whose covers are at stake.
    function _titles(Setting memory setting) private view returns (ITitleBonds) {
        if (msg.sender != setting.models.blameCourt()) revert IClaimCourt.ClaimCourt_NotBlames(msg.sender);
        return IBlames(msg.sender).titles();
    }
}
