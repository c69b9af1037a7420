// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IArbitrator} from "./arbitration/IArbitrator.sol";
import {ILeakCourt, LeakReport, Outcome, Report, ReportKind, ReportState} from "./interfaces/ILeakCourt.sol";
import {ILicenseRegistry, LicenseState} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INames, Name} from "./interfaces/INames.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {Appeals} from "./leaks/Appeals.sol";
import {Ballots} from "./leaks/Ballots.sol";

/// @title Reports about what no contract can check, heard by a committee (protocol §4.8).
/// @dev Money moves by credit only: ending a report never depends on anybody's willingness to receive. Nothing here can
/// reach an account
/// bond: the license registry offers this court the leak bond of one license and no more.
contract LeakCourt is Appeals {
    uint256 private constant BPS = 10_000;
    /// @dev Of a leak bond or name deposit, the most that pays one party's costs: at least 60 % burns, so that nobody
    /// gains by framing.
    uint256 private constant COST_SHARE_BPS = 2_000;
    uint256 private constant MAX_ENDPOINT = 256;
    address private constant BURNED = 0x000000000000000000000000000000000000dEaD;

    IParameters public immutable parameters;
    IModelRegistry public immutable models;
    ILicenseRegistry public immutable licenses;
    INames public immutable names;
    uint40 private immutable _freezePeriod;

    /// @inheritdoc ILeakCourt
    uint256 public reportCount;
    /// @inheritdoc ILeakCourt
    mapping(uint256 modelId => mapping(bytes32 endpointHash => uint256)) public delistings;
    /// @dev Verdicts that stand against a license; it is thawed when the last one falls.
    mapping(uint256 licenseId => uint256) private _standing;

    constructor(
        IParameters parameters_,
        IModelRegistry models_,
        ILicenseRegistry licenses_,
        IVerifierRegistry verifiers_,
        INames names_,
        IArbitrator arbitrator_,
        bytes memory arbitratorExtraData_
    ) Ballots(parameters_, verifiers_) Appeals(parameters_, arbitrator_, arbitratorExtraData_) {
        parameters = parameters_;
        models = models_;
        licenses = licenses_;
        names = names_;
        _freezePeriod = parameters_.rules().freezePeriod;
    }

    /// @inheritdoc ILeakCourt
    function reportLeak(LeakReport calldata params) external returns (uint256 reportId) {
        uint256 length = bytes(params.endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT) revert LeakCourt_InvalidEndpoint(length);
        if (params.modelId == 0 || params.modelId > models.modelCount()) revert LeakCourt_UnknownModel(params.modelId);
        Report storage stored;
        (reportId, stored) = _file(ReportKind.LEAK, keccak256(bytes(params.endpoint)));
        stored.modelId = params.modelId;
        if (params.licenseId != 0) {
            (address account, uint256 modelId, , , ) = licenses.partiesOf(params.licenseId);
            if (modelId != params.modelId) revert LeakCourt_NotOfModel(params.licenseId, params.modelId);
            stored.licenseId = params.licenseId;
            stored.accused = account;
        }
        emit LeakReported(
            reportId,
            msg.sender,
            params.modelId,
            params.licenseId,
            params.endpoint,
            stored.bond,
            stored.fees,
            stored.beaconBlock
        );
        emit EvidenceSubmitted(reportId, msg.sender, params.evidenceHash, params.evidenceUri);
        _receive(uint256(stored.bond) + stored.fees);
    }

    /// @inheritdoc ILeakCourt
    function reportName(
        bytes32 nameId,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external returns (uint256 reportId) {
        Name memory name = names.nameOf(nameId);
        if (name.holder == address(0)) revert LeakCourt_UnknownName(nameId);
        Report storage stored;
        (reportId, stored) = _file(ReportKind.NAME, nameId);
        stored.accused = name.holder;
        emit NameReported(reportId, msg.sender, nameId, name.holder, stored.bond, stored.fees, stored.beaconBlock);
        emit EvidenceSubmitted(reportId, msg.sender, evidenceHash, evidenceUri);
        names.hold(nameId);
        _receive(uint256(stored.bond) + stored.fees);
    }

    /// @inheritdoc ILeakCourt
    function submitEvidence(uint256 reportId, bytes32 evidenceHash, string calldata evidenceUri) external {
        ReportState state = _reports[reportId].state;
        if (state == ReportState.NONE) revert LeakCourt_UnknownReport(reportId);
        if (state == ReportState.CLOSED) revert LeakCourt_WrongState(reportId, state);
        emit EvidenceSubmitted(reportId, msg.sender, evidenceHash, evidenceUri);
    }

    /// @inheritdoc ILeakCourt
    function decide(uint256 reportId) external returns (Outcome outcome) {
        Report storage stored = _inState(reportId, ReportState.VOTING);
        if (_shown(stored) < stored.seats && block.timestamp <= stored.revealBy)
            revert LeakCourt_TooEarly(stored.revealBy);
        outcome = _count(stored);
        stored.state = ReportState.DECIDED;
        stored.outcome = outcome;
        stored.appealBy = uint64(block.timestamp) + _appealWindow;
        emit ReportDecided(reportId, outcome, stored.inconclusive, stored.matches, stored.traced, stored.appealBy);
        _credit(BURNED, _payJurors(reportId, stored));
        _enforce(reportId, stored, outcome);
    }

    /// @inheritdoc ILeakCourt
    function close(uint256 reportId) external {
        Report storage stored = _reports[reportId];
        ReportState state = stored.state;
        if (state == ReportState.NONE) revert LeakCourt_UnknownReport(reportId);
        bool waits = state == ReportState.DECIDED || state == ReportState.APPEALED;
        if (!waits && state != ReportState.RULED) revert LeakCourt_WrongState(reportId, state);
        if (waits && block.timestamp <= stored.appealBy) revert LeakCourt_TooEarly(stored.appealBy);
        _end(reportId, stored);
    }

    /// @dev The terms of a report are those of the day it is filed.
    function _file(ReportKind kind, bytes32 subject) private returns (uint256 reportId, Report storage stored) {
        (uint64 bond, uint64 jurorDeposit, uint64 jurorFee, uint64 costCap) = parameters.reportRates();
        reportId = ++reportCount;
        stored = _reports[reportId];
        stored.reporter = msg.sender;
        stored.population = uint32(verifiers.verifierCount());
        stored.kind = kind;
        stored.state = ReportState.DRAWING;
        stored.filedBlock = uint64(block.number);
        stored.beaconBlock = uint64(block.number) + _beaconDelay;
        stored.bond = bond;
        stored.fees = jurorFee * _committeeSize;
        stored.jurorFee = jurorFee;
        stored.jurorDeposit = jurorDeposit;
        stored.jurorPenalty = uint64((uint256(jurorDeposit) * parameters.jurorPenaltyBps()) / BPS);
        stored.costCap = costCap;
        stored.subject = subject;
    }

    /// @inheritdoc Ballots
    function _end(uint256 reportId, Report storage stored) internal override {
        Outcome outcome = stored.outcome;
        stored.state = ReportState.CLOSED;
        _enforce(reportId, stored, outcome);
        uint256 taken = _take(stored, outcome);
        uint256 costs = Math.min(stored.costCap, (taken * COST_SHARE_BPS) / BPS);
        uint256 toReporter = stored.fees + costs;
        uint256 toOwner;
        uint256 toAccused;
        uint256 burned = taken - costs;
        if (outcome == Outcome.DISMISSED) {
            if (stored.accused != address(0)) toAccused = Math.min(stored.costCap, stored.bond);
            burned = stored.bond - toAccused;
        } else {
            toReporter += stored.bond;
            address owner = stored.kind == ReportKind.LEAK ? _ownerOf(stored.modelId) : stored.reporter;
            if (owner != stored.reporter) toOwner = costs; // a party is paid once
            burned -= toOwner;
            _credit(owner, toOwner);
        }
        _credit(stored.reporter, toReporter);
        _credit(stored.accused, toAccused);
        _credit(BURNED, burned);
        emit ReportClosed(reportId, outcome, toReporter, toOwner, toAccused, burned);
    }

    /// @inheritdoc Ballots
    function _ownerOf(uint256 modelId) internal view override returns (address) {
        return IERC721(address(models)).ownerOf(modelId);
    }

    /// @dev Takes the license's whole leak bond or the name's deposit into this court, if the outcome says so. Of
    /// several verdicts against
    /// one license or name the first to close takes, the others find nothing.
    function _take(Report storage stored, Outcome outcome) private returns (uint256 amount) {
        if (stored.kind == ReportKind.NAME) {
            if (outcome == Outcome.UPHELD) amount = names.free(stored.subject, stored.reporter);
            else names.unhold(stored.subject);
        } else if (outcome == Outcome.TRACED && _isOpen(stored.licenseId)) {
            amount = licenses.leakBondOf(stored.licenseId);
            if (amount != 0) licenses.takeLeakBond(stored.licenseId, amount, address(this));
        }
        accounted += amount;
    }

    /// @dev Brings what follows from a report from one outcome to another: a verdict counts at once, an appeal may undo
    /// it.
    function _enforce(uint256 reportId, Report storage stored, Outcome outcome) private {
        Outcome before = stored.enforced;
        if (stored.kind == ReportKind.NAME || before == outcome) return;
        stored.enforced = outcome;
        if (before < Outcome.UPHELD && outcome >= Outcome.UPHELD) {
            delistings[stored.modelId][stored.subject] += 1;
            emit EndpointDelisted(stored.subject, stored.modelId, reportId);
        } else if (before >= Outcome.UPHELD && outcome < Outcome.UPHELD) {
            delistings[stored.modelId][stored.subject] -= 1;
            emit EndpointRelisted(stored.subject, stored.modelId, reportId);
        }
        if (outcome == Outcome.TRACED) _holdLicense(stored.licenseId);
        else if (before == Outcome.TRACED) _freeLicense(stored.licenseId);
    }

    function _holdLicense(uint256 licenseId) private {
        _standing[licenseId] += 1;
        if (!_isOpen(licenseId)) return;
        licenses.freeze(licenseId, uint40(block.timestamp) + _freezePeriod);
        licenses.bar(licenseId);
    }

    function _freeLicense(uint256 licenseId) private {
        if (--_standing[licenseId] != 0 || !_isOpen(licenseId)) return;
        licenses.freeze(licenseId, uint40(block.timestamp));
        licenses.reinstate(licenseId);
    }

    /// @dev Nothing more can be done to a license that has ended.
    function _isOpen(uint256 licenseId) private view returns (bool) {
        (, , , , LicenseState state) = licenses.partiesOf(licenseId);
        return state != LicenseState.CLOSED && state != LicenseState.SLASHED;
    }
}
