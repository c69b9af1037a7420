// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SlashPots} from "./SlashPots.sol";
import {ClaimState, Offence, Proof, Receipt} from "../interfaces/Claims.sol";
import {LicenseState} from "../interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ITermsRegistry, TermsKind} from "../interfaces/ITermsRegistry.sol";
import {IVerifierRegistry} from "../interfaces/IVerifierRegistry.sol";
import {Booked} from "../libraries/Booked.sol";

/// @title The part of the claim court that keeps claims, and what they rest on.
abstract contract ClaimBook is SlashPots {
    /// @dev The rates that held when a claim was opened: one slot, kept once per change and not once per claim.
    struct ClaimRates {
        uint64 bond;
        uint64 cost;
        uint16 lateFeeBps;
        uint16 claimantShareBps;
        uint16 ownerShareBps;
        uint32 id;
    }

    struct Record {
        ClaimState state;
        Offence offence;
        uint40 answerBy;
        uint96 reach;
        bool opensPot; // it opened the pot
        uint32 ratesId;
    }

    /// @dev A SERVE license, as far as a claim turns on it.
    struct Served {
        address account;
        uint256 modelId;
        address vault;
        uint256 floorPrice;
        uint256 slashBps;
    }

    /// @dev Who is concerned by the end of a claim.
    struct Parties {
        address claimant;
        address account;
        uint256 modelId;
    }

    uint256 internal constant BPS = 10_000;

    IParameters public immutable parameters;
    ITermsRegistry public immutable terms;
    IModelRegistry public immutable models;
    IVerifierRegistry public immutable verifiers;
    uint256 internal immutable _answerWindow;

    mapping(bytes32 claimId => Record) internal _records;
    mapping(bytes32 claimId => Proof) internal _proofs; // of disguised use
    mapping(bytes32 digest => bytes32 claimId) internal _countedIn; // of disguised use
    ClaimRates private _latestRates;
    mapping(uint32 id => ClaimRates) internal _rates;

    constructor(
        IParameters parameters_,
        ITermsRegistry terms_,
        IModelRegistry models_,
        IVerifierRegistry verifiers_,
        uint256 answerWindow
    ) {
        parameters = parameters_;
        terms = terms_;
        models = models_;
        verifiers = verifiers_;
        _answerWindow = answerWindow;
    }

    /// @dev Posts the claim bond at today's rates.
    function _postBond() internal returns (uint32 ratesId, uint256 bond) {
        ClaimRates memory latest = _currentRates();
        _debit(msg.sender, latest.bond);
        return (latest.id, latest.bond);
    }

    /// @dev Today's rates, under an id that is new whenever they have changed.
    function _currentRates() internal returns (ClaimRates memory current) {
        ClaimRates memory latest = _latestRates;
        (current.bond, current.cost, current.lateFeeBps, current.claimantShareBps, current.ownerShareBps) = parameters
            .claimRates();
        current.id = latest.id;
        if (latest.id != 0 && keccak256(abi.encode(current)) == keccak256(abi.encode(latest))) return current;
        current.id = latest.id + 1;
        _latestRates = current;
        _rates[current.id] = current;
    }

    /// @dev The license, if it is of the kind that serves the public.
    function _served(bytes32 digest, uint256 licenseId) internal view returns (Served memory served) {
        uint32 termsId;
        uint8 kind;
        LicenseState state;
        (served.account, served.modelId, termsId, kind, state) = licenses.partiesOf(licenseId);
        if (state == LicenseState.NONE || kind != TermsKind.SERVE) revert ClaimCourt_NotLicensed(digest, licenseId);
        served.vault = licenses.vaultOf(licenseId);
        (served.floorPrice, , served.slashBps) = terms.ratesOf(termsId);
    }

    function _isBooked(Served memory served, Receipt calldata receipt) internal view returns (bool) {
        return Booked.isBooked(served.vault, served.floorPrice, receipt);
    }
}
