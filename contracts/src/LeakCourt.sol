// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IArbitrator} from "./arbitration/IArbitrator.sol";
import {Appeals} from "./committees/Appeals.sol";
import {Credits} from "./committees/Credits.sol";
import {IBlames} from "./interfaces/IBlames.sol";
import {Committee, CommitteeState, ICommittees, Summons} from "./interfaces/ICommittees.sol";
import {ILeakCourt, LeakReport, Outcome, Report, ReportKind, ReportState} from "./interfaces/ILeakCourt.sol";
import {ILicenseRegistry, LicenseState} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INames, Name} from "./interfaces/INames.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {BURNED} from "./libraries/Burned.sol";

/// @title Reports about what no contract can check, heard by a committee (protocol §4.8).
/// @dev Nothing here can reach an account bond: the license registry offers this court the leak bond of one license and
/// no more.
contract LeakCourt is ILeakCourt, Appeals, Credits {
    uint256 private constant BPS = 10_000;
    /// @dev Of a leak bond or name deposit, the most that pays one party's costs: at least 60 % burns, so that nobody
    /// gains by framing.
    uint256 private constant COST_SHARE_BPS = 2_000;
    uint256 private constant MAX_ENDPOINT = 256;

    IParameters public immutable parameters;
    IModelRegistry public immutable models;
    ILicenseRegistry public immutable licenses;
    ICommittees public immutable committees;
    INames public immutable names;
    IBlames public immutable blames;
    uint64 private immutable _appealWindow;
    uint64 private immutable _rulingWindow;
    uint40 private immutable _freezePeriod;

    /// @inheritdoc ILeakCourt
    uint256 public reportCount;
    /// @inheritdoc ILeakCourt
    mapping(uint256 modelId => mapping(bytes32 endpointHash => uint256)) public delistings;
    mapping(uint256 reportId => Report) private _reports;
    /// @dev Verdicts that stand against a license; it is thawed when the last one falls.
    mapping(uint256 licenseId => uint256) private _standing;

    constructor(
        IParameters parameters_,
        IModelRegistry models_,
        ILicenseRegistry licenses_,
        ICommittees committees_,
        INames names_,
        IBlames blames_,
        IArbitrator arbitrator_,
        bytes memory arbitratorExtraData_
    ) Appeals(arbitrator_, arbitratorExtraData_) Credits(parameters_.token()) {
        parameters = parameters_;
        models = models_;
        licenses = licenses_;
        committees = committees_;
        names = names_;
        blames = blames_;
        _appealWindow = parameters_.rules().appealWindow;
        _rulingWindow = parameters_.rules().rulingWindow;
        _freezePeriod = parameters_.rules().freezePeriod;
        token.approve(address(committees_), type(uint256).max);
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
        _summon(reportId, stored);
        emit LeakReported(
            reportId,
            msg.sender,
            params.modelId,
            params.licenseId,
            params.endpoint,
            stored.bond,
            stored.committeeId
        );
        emit EvidenceSubmitted(reportId, msg.sender, params.evidenceHash, params.evidenceUri);
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
        names.hold(nameId);
        _summon(reportId, stored);
        emit NameReported(reportId, msg.sender, nameId, name.holder, stored.bond, stored.committeeId);
        emit EvidenceSubmitted(reportId, msg.sender, evidenceHash, evidenceUri);
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
        Report storage stored = _inState(reportId, ReportState.HEARD);
        Committee memory heard = committees.committee(stored.committeeId);
        if (heard.state == CommitteeState.COUNTED) outcome = _weigh(heard);
        else if (heard.state != CommitteeState.UNSEATED) revert LeakCourt_StillHeard(reportId, stored.committeeId);
        stored.state = ReportState.DECIDED;
        stored.outcome = outcome;
        stored.appealBy = uint64(block.timestamp) + _appealWindow;
        emit ReportDecided(reportId, outcome, stored.appealBy);
        _enforce(reportId, stored, outcome);
    }

    /// @inheritdoc ILeakCourt
    function appeal(uint256 reportId) external payable returns (uint256 disputeId) {
        Report storage stored = _inState(reportId, ReportState.DECIDED);
        if (block.timestamp > stored.appealBy) revert LeakCourt_TooLate(stored.appealBy);
        stored.state = ReportState.APPEALED;
        stored.appealBy = uint64(block.timestamp) + _rulingWindow;
        disputeId = _takeToArbitrator(reportId, _choices(stored));
        stored.disputeId = disputeId;
        emit ReportAppealed(reportId, msg.sender, disputeId, stored.appealBy);
    }

    /// @inheritdoc ILeakCourt
    function close(uint256 reportId) external {
        Report storage stored = _reports[reportId];
        ReportState state = stored.state;
        if (state == ReportState.NONE) revert LeakCourt_UnknownReport(reportId);
        bool waits = state == ReportState.DECIDED || state == ReportState.APPEALED;
        if (!waits && state != ReportState.RULED) revert LeakCourt_WrongState(reportId, state);
        if (waits && block.timestamp <= stored.appealBy) revert LeakCourt_TooEarly(stored.appealBy);
        Outcome outcome = stored.outcome;
        stored.state = ReportState.CLOSED;
        _enforce(reportId, stored, outcome);
        _share(reportId, stored, outcome, _take(stored, outcome));
    }

    /// @inheritdoc ILeakCourt
    function report(uint256 reportId) external view returns (Report memory) {
        return _reports[reportId];
    }

    /// @inheritdoc ILeakCourt
    function cost() external view returns (uint256) {
        (uint64 bond, ) = parameters.reportRates();
        return bond + committees.cost();
    }

    /// @inheritdoc Appeals
    function _rule(uint256 reportId, uint8 ruling) internal override {
        Report storage stored = _inState(reportId, ReportState.APPEALED);
        if (ruling != 0) stored.outcome = Outcome(ruling);
        stored.state = ReportState.RULED;
        emit ReportRuled(reportId, stored.outcome);
    }

    /// @dev The terms of a report are those of the day it is filed.
    function _file(ReportKind kind, bytes32 subject) private returns (uint256 reportId, Report storage stored) {
        reportId = ++reportCount;
        stored = _reports[reportId];
        stored.reporter = msg.sender;
        stored.kind = kind;
        stored.state = ReportState.HEARD;
        (stored.bond, stored.costCap) = parameters.reportRates();
        stored.subject = subject;
    }

    /// @dev Takes the bond, and what the committee costs, which goes on to it.
    function _summon(uint256 reportId, Report storage stored) private {
        address[] memory parties = new address[](3);
        (parties[0], parties[1]) = (stored.reporter, stored.accused);
        if (stored.kind == ReportKind.LEAK) parties[2] = _ownerOf(stored.modelId);
        uint256 fees = committees.cost();
        _receive(stored.bond + fees);
        accounted -= fees;
        stored.committeeId = committees.summon(
            Summons(reportId, _choices(stored), stored.reporter, stored.modelId, 0, parties)
        );
    }

    /// @dev Two thirds of the seats, not of those who showed up: silence convicts nobody, and acquits nobody.
    function _weigh(Committee memory heard) private pure returns (Outcome) {
        uint256 quorum = 2 * uint256(heard.seats);
        uint256 traced = heard.votes[uint256(Outcome.TRACED)];
        uint256 upheld = traced + heard.votes[uint256(Outcome.UPHELD)];
        if (3 * traced >= quorum) return Outcome.TRACED;
        if (3 * upheld >= quorum) return Outcome.UPHELD;
        if (3 * uint256(heard.votes[uint256(Outcome.DISMISSED)]) >= quorum) return Outcome.DISMISSED;
        return Outcome.UNDECIDED;
    }

    function _share(uint256 reportId, Report storage stored, Outcome outcome, uint256 taken) private {
        uint256 costs = Math.min(stored.costCap, (taken * COST_SHARE_BPS) / BPS);
        uint256 toReporter = costs;
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

    /// @dev Votes and rulings that a report admits, from 1: nobody can be traced to a license that it does not name.
    function _choices(Report storage stored) private view returns (uint8) {
        return uint8(stored.licenseId == 0 ? Outcome.UPHELD : Outcome.TRACED);
    }

    function _inState(uint256 reportId, ReportState state) private view returns (Report storage stored) {
        stored = _reports[reportId];
        if (stored.state == ReportState.NONE) revert LeakCourt_UnknownReport(reportId);
        if (stored.state != state) revert LeakCourt_WrongState(reportId, stored.state);
    }

    function _ownerOf(uint256 modelId) private view returns (address) {
        return IERC721(address(models)).ownerOf(modelId);
    }

    /// @dev Takes the license's whole leak bond or the name's deposit into this court, if the outcome says so. Of
    /// several verdicts against
    /// one license or name the first to close takes, the others find nothing. An upheld blame freed its licenses.
    function _take(Report storage stored, Outcome outcome) private returns (uint256 amount) {
        if (stored.kind == ReportKind.NAME) {
            if (outcome == Outcome.UPHELD) amount = names.free(stored.subject, stored.reporter);
            else names.unhold(stored.subject);
        } else if (outcome == Outcome.TRACED && _isOpen(stored.licenseId) && !blames.isFreed(stored.licenseId)) {
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
