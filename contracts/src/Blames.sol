// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IArbitrator} from "./arbitration/IArbitrator.sol";
import {Appeals} from "./committees/Appeals.sol";
import {Credits} from "./committees/Credits.sol";
import {Blame, BlameState, Finding, IBlames, Resolution} from "./interfaces/IBlames.sol";
import {Receipt} from "./interfaces/Claims.sol";
import {IClaimCourt} from "./interfaces/IClaimCourt.sol";
import {Committee, CommitteeState, ICommittees, Summons} from "./interfaces/ICommittees.sol";
import {ILicenseRegistry} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ITitleBonds} from "./interfaces/ITitleBonds.sol";
import {BatchOpening} from "./interfaces/IVerifierRegistry.sol";
import {BURNED} from "./libraries/Burned.sol";
import {Tally} from "./libraries/Tally.sol";

/// @title Blame: a committee runs the very editions that a host was delivered (protocol §5).
/// @dev What it rules, the claim court does: this contract holds deposits and fees of committees and no other money.
contract Blames is IBlames, Appeals, Credits {
    /// @dev Tickets; a hurdle in front of an edition, not an insurance of it. A higher one would leave no jurors.
    uint256 private constant MOST_STAKED = 3;

    IParameters public immutable parameters;
    IClaimCourt public immutable claims;
    IModelRegistry public immutable models;
    ILicenseRegistry public immutable licenses;
    ICommittees public immutable committees;
    /// @inheritdoc IBlames
    ITitleBonds public immutable titles;
    uint64 private immutable _appealWindow;
    uint64 private immutable _rulingWindow;

    /// @inheritdoc IBlames
    uint256 public blameCount;
    /// @inheritdoc IBlames
    mapping(uint256 licenseId => mapping(uint32 release => bytes32)) public fileDigestOf;
    /// @inheritdoc IBlames
    mapping(uint256 licenseId => bool) public isFreed;
    mapping(uint256 blameId => Blame) private _blames;
    mapping(uint256 blameId => uint256[] licenseIds) private _marked;

    constructor(
        IParameters parameters_,
        IClaimCourt claims_,
        IModelRegistry models_,
        ILicenseRegistry licenses_,
        ICommittees committees_,
        ITitleBonds titles_,
        IArbitrator arbitrator_,
        bytes memory arbitratorExtraData_
    ) Appeals(arbitrator_, arbitratorExtraData_) Credits(parameters_.token()) {
        parameters = parameters_;
        claims = claims_;
        models = models_;
        licenses = licenses_;
        committees = committees_;
        titles = titles_;
        _appealWindow = parameters_.rules().appealWindow;
        _rulingWindow = parameters_.rules().rulingWindow;
        token.approve(address(committees_), type(uint256).max);
    }

    /// @inheritdoc IBlames
    function recordEdition(uint256 licenseId, uint32 release, bytes32 fileDigest) external {
        (, uint256 modelId, , , ) = licenses.partiesOf(licenseId);
        if (!models.mayDeliver(modelId, msg.sender)) revert Blames_NotDeliverer(licenseId, msg.sender);
        if (fileDigest == 0) revert Blames_InvalidDigest(licenseId);
        if (fileDigestOf[licenseId][release] != 0) revert Blames_AlreadyRecorded(licenseId, release);
        fileDigestOf[licenseId][release] = fileDigest;
        emit EditionRecorded(licenseId, release, fileDigest);
    }

    /// @inheritdoc IBlames
    function blame(
        address claimant,
        BatchOpening calldata batch,
        Receipt[] calldata receipts,
        bytes32 evidenceHash,
        string calldata evidenceUri
    ) external returns (uint256 blameId) {
        if (!licenses.actsFor(batch.account, msg.sender)) revert Blames_NotTheHost(batch.account, msg.sender);
        blameId = ++blameCount;
        Blame storage stored = _blames[blameId];
        (stored.payer, stored.state) = (msg.sender, BlameState.HEARD);
        stored.claimId = claims.onBlamed(blameId, claimant, batch, receipts);
        _summon(blameId, stored, claimant, batch, receipts);
        emit BlameEvidence(blameId, msg.sender, evidenceHash, evidenceUri);
    }

    /// @inheritdoc IBlames
    function submitEvidence(uint256 blameId, bytes32 evidenceHash, string calldata evidenceUri) external {
        BlameState state = _known(blameId).state;
        if (state == BlameState.CLOSED) revert Blames_WrongState(blameId, state);
        emit BlameEvidence(blameId, msg.sender, evidenceHash, evidenceUri);
    }

    /// @inheritdoc IBlames
    function decide(uint256 blameId) external returns (bool upheld) {
        Blame storage stored = _inState(blameId, BlameState.HEARD);
        Committee memory heard = committees.committee(stored.committeeId);
        // Two thirds of the seats, not of those who showed up.
        if (heard.state == CommitteeState.COUNTED)
            upheld = 3 * uint256(heard.votes[uint256(Finding.REPEATED)]) >= 2 * uint256(heard.seats);
        else if (heard.state != CommitteeState.UNSEATED) revert Blames_StillHeard(blameId, stored.committeeId);
        (stored.state, stored.upheld) = (BlameState.DECIDED, upheld);
        stored.appealBy = uint64(block.timestamp) + _appealWindow;
        emit BlameDecided(blameId, upheld, stored.appealBy);
    }

    /// @inheritdoc IBlames
    function appeal(uint256 blameId) external payable returns (uint256 disputeId) {
        Blame storage stored = _inState(blameId, BlameState.DECIDED);
        if (block.timestamp > stored.appealBy) revert Blames_TooLate(stored.appealBy);
        stored.state = BlameState.APPEALED;
        stored.appealBy = uint64(block.timestamp) + _rulingWindow;
        disputeId = _takeToArbitrator(blameId, uint8(Finding.REPEATED));
        emit BlameAppealed(blameId, msg.sender, disputeId, stored.appealBy);
    }

    /// @inheritdoc IBlames
    function close(
        uint256 blameId,
        address claimant,
        BatchOpening calldata batch,
        uint256[] calldata licenseIds,
        uint256[] calldata hits
    ) external {
        // Check
        Blame storage stored = _known(blameId);
        BlameState state = stored.state;
        bool waits = state == BlameState.DECIDED || state == BlameState.APPEALED;
        if (!waits && state != BlameState.RULED) revert Blames_WrongState(blameId, state);
        if (waits && block.timestamp <= stored.appealBy) revert Blames_TooEarly(stored.appealBy);
        // Effect
        stored.state = BlameState.CLOSED;
        uint256 spent = _endDeposit(stored);
        emit BlameClosed(blameId, stored.claimId, stored.upheld, spent);
        // Interaction: the court checks the licenses against those that were blamed.
        claims.onResolved(Resolution(blameId, claimant, batch, licenseIds, hits, stored.upheld, stored.payer, spent));
        if (stored.upheld) _mark(blameId, licenseIds);
    }

    /// @inheritdoc IBlames
    function appealMarks(uint256 blameId) external payable returns (uint256 disputeId) {
        if (_marked[blameId].length == 0) revert Blames_NothingMarked(blameId);
        disputeId = _takeToArbitrator(blameId, uint8(Finding.REPEATED));
        emit MarksAppealed(blameId, msg.sender, disputeId);
    }

    /// @inheritdoc IBlames
    function blameOf(uint256 blameId) external view returns (Blame memory) {
        return _blames[blameId];
    }

    /// @inheritdoc Appeals
    function _rule(uint256 blameId, uint8 ruling) internal override {
        Blame storage stored = _blames[blameId];
        if (stored.state == BlameState.APPEALED) {
            if (ruling != 0) stored.upheld = ruling == uint8(Finding.REPEATED);
            stored.state = BlameState.RULED;
            emit BlameRuled(blameId, stored.upheld);
        } else if (ruling == uint8(Finding.NOT_REPEATED)) _liftMarks(blameId);
    }

    /// @dev Asks for the committee. Parties: the account and who acts for it, the claimant, the owners of the claimed
    /// model and of the licenses' models.
    function _summon(
        uint256 blameId,
        Blame storage stored,
        address claimant,
        BatchOpening calldata batch,
        Receipt[] calldata receipts
    ) private {
        (uint256[] memory licenseIds, uint256[] memory counts) = Tally.of_(receipts);
        address[] memory parties = new address[](4 + licenseIds.length);
        (parties[0], parties[1], parties[2], parties[3]) = (
            batch.account,
            msg.sender,
            claimant,
            _ownerOf(batch.modelId)
        );
        uint256 leakBond;
        for (uint256 i = 0; i < licenseIds.length; ++i) {
            (, uint256 modelId, , , ) = licenses.partiesOf(licenseIds[i]);
            parties[4 + i] = _ownerOf(modelId);
            leakBond = Math.max(leakBond, licenses.leakBondOf(licenseIds[i]));
        }
        (uint64 ticket, , ) = parameters.verifierRates();
        uint256 deposit = committees.cost();
        _receive(deposit);
        accounted -= deposit; // it goes on to the committee
        stored.committeeId = committees.summon(
            Summons({
                caseId: blameId,
                choices: uint8(Finding.REPEATED),
                payer: address(this),
                modelId: batch.modelId,
                leastStake: Math.min(leakBond, MOST_STAKED * ticket),
                parties: parties
            })
        );
        emit BlameFiled(blameId, stored.claimId, msg.sender, deposit, stored.committeeId, licenseIds, counts);
    }

    /// @dev What no juror earned goes back to the host that was right; of one that was not, all is gone.
    function _endDeposit(Blame storage stored) private returns (uint256 spent) {
        Committee memory heard = committees.committee(stored.committeeId);
        if (heard.state == CommitteeState.COUNTED) spent = uint256(heard.fee) * heard.shown;
        uint256 rest = uint256(heard.fee) * heard.size - spent;
        if (rest == 0) return spent;
        accounted += rest;
        _credit(stored.upheld ? stored.payer : BURNED, rest);
        // Interaction: unless somebody has already fetched it.
        if (committees.owed(address(this)) != 0) committees.withdraw(address(this));
    }

    function _mark(uint256 blameId, uint256[] calldata licenseIds) private {
        _marked[blameId] = licenseIds;
        for (uint256 i = 0; i < licenseIds.length; ++i) isFreed[licenseIds[i]] = true;
        uint256[] memory ids = _modelsOf(licenseIds);
        for (uint256 i = 0; i < ids.length && ids[i] != 0; ++i) models.markModel(ids[i]);
    }

    function _liftMarks(uint256 blameId) private {
        uint256[] memory licenseIds = _marked[blameId];
        if (licenseIds.length == 0) return;
        delete _marked[blameId];
        for (uint256 i = 0; i < licenseIds.length; ++i) isFreed[licenseIds[i]] = false;
        uint256[] memory ids = _modelsOf(licenseIds);
        for (uint256 i = 0; i < ids.length && ids[i] != 0; ++i) models.unmarkModel(ids[i]);
        emit MarksLifted(blameId);
    }

    /// @dev Each once, then zeros.
    function _modelsOf(uint256[] memory licenseIds) private view returns (uint256[] memory ids) {
        ids = new uint256[](licenseIds.length);
        for (uint256 i = 0; i < licenseIds.length; ++i) {
            (, uint256 modelId, , , ) = licenses.partiesOf(licenseIds[i]);
            uint256 j = 0;
            while (ids[j] != 0 && ids[j] != modelId) ++j;
            ids[j] = modelId;
        }
    }

    function _ownerOf(uint256 modelId) private view returns (address) {
        return IERC721(address(models)).ownerOf(modelId);
    }

    function _known(uint256 blameId) private view returns (Blame storage stored) {
        stored = _blames[blameId];
        if (stored.state == BlameState.NONE) revert Blames_UnknownBlame(blameId);
    }

    function _inState(uint256 blameId, BlameState state) private view returns (Blame storage stored) {
        stored = _known(blameId);
        if (stored.state != state) revert Blames_WrongState(blameId, stored.state);
    }
}
