// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters, Rules} from "../interfaces/IParameters.sol";
import {Batch, BatchOpening, IVerifierRegistry, Standing} from "../interfaces/IVerifierRegistry.sol";
import {BatchDraw} from "../libraries/BatchDraw.sol";
import {Beacon} from "../libraries/Beacon.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";

/// @title The part of the verifier registry that keeps batches, and the inspection pool: what this contract holds
/// beyond stakes and deposits.
abstract contract Batches is IVerifierRegistry {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev What the pool repaid for batches on a model in one month.
    struct Repaid {
        uint32 month;
        uint96 amount;
    }

    uint256 private constant MONTH = 30 days;

    IERC20 public immutable token;
    IParameters public immutable parameters;
    address private immutable _deployer;
    uint256 private immutable _batchOpenWindow;
    uint256 private immutable _beaconDelay;

    /// @inheritdoc IVerifierRegistry
    address public court;
    uint256 internal _held; // stakes and open deposits
    mapping(address verifier => Standing) internal _standings;
    mapping(bytes32 batchId => Batch) private _batches;
    mapping(uint256 modelId => Repaid) private _repaid;

    modifier onlyCourt() {
        if (msg.sender != court) revert VerifierRegistry_NotCourt(msg.sender);
        _;
    }

    constructor(IParameters parameters_) {
        Rules memory rules = parameters_.rules();
        token = IERC20(parameters_.token());
        parameters = parameters_;
        _deployer = msg.sender;
        _batchOpenWindow = rules.batchOpenWindow;
        _beaconDelay = rules.beaconDelay;
    }

    /// @inheritdoc IVerifierRegistry
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert VerifierRegistry_NotDeployer(msg.sender);
        if (court != address(0)) revert VerifierRegistry_AlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc IVerifierRegistry
    function commitBatch(bytes32 batchId) external {
        if (!isStaked(msg.sender)) revert VerifierRegistry_NotStaked(msg.sender);
        if (_batches[batchId].verifier != address(0)) revert VerifierRegistry_BatchExists(batchId);
        (, uint256 deposit, , ) = parameters.verifierRates();
        uint32 ordinal = ++_standings[msg.sender].batches;
        uint256 beaconBlock = block.number + _beaconDelay;
        Batch storage stored = _batches[batchId];
        stored.verifier = msg.sender;
        stored.deposit = uint56(deposit); // rates stay below 2^50
        stored.committedAt = uint40(block.timestamp);
        stored.beaconBlock = uint64(beaconBlock);
        _held += deposit;
        emit BatchCommitted(batchId, msg.sender, ordinal, deposit, beaconBlock);
        // Interaction
        ExactTransfer.pull(token, msg.sender, deposit);
    }

    /// @inheritdoc IVerifierRegistry
    function drawBatch(bytes32 batchId) external returns (bytes32 beacon) {
        Batch storage stored = _known(batchId);
        if (stored.beacon != 0) return stored.beacon;
        uint256 beaconBlock = stored.beaconBlock;
        if (!Beacon.isReady(beaconBlock)) revert VerifierRegistry_BeaconNotReady(beaconBlock);
        beacon = Beacon.hashAt(beaconBlock);
        if (beacon == 0) revert VerifierRegistry_BeaconMissed(beaconBlock);
        stored.beacon = beacon;
        emit BatchDrawn(batchId, beacon);
    }

    /// @inheritdoc IVerifierRegistry
    function openBatch(BatchOpening calldata opening) external returns (uint256 refund) {
        bytes32 batchId = BatchDraw.batchId(msg.sender, opening);
        Batch storage stored = _known(batchId);
        if (stored.beacon == 0) revert VerifierRegistry_BatchNotDrawn(batchId);
        if (stored.deposit == 0) revert VerifierRegistry_BatchSettled(batchId);
        uint256 endsAt = stored.committedAt + _batchOpenWindow;
        if (block.timestamp > endsAt) revert VerifierRegistry_OpenWindowOver(endsAt);
        return _open(batchId, msg.sender, opening);
    }

    /// @inheritdoc IVerifierRegistry
    function forfeitBatch(bytes32 batchId) external {
        Batch storage stored = _known(batchId);
        uint256 deposit = stored.deposit;
        if (deposit == 0) revert VerifierRegistry_BatchSettled(batchId);
        uint256 endsAt = stored.committedAt + _batchOpenWindow;
        if (block.timestamp <= endsAt) revert VerifierRegistry_TooEarly(endsAt + 1);
        stored.deposit = 0;
        _held -= deposit;
        emit BatchForfeited(batchId, stored.verifier, deposit);
    }

    /// @inheritdoc IVerifierRegistry
    function openFor(address verifier, BatchOpening calldata opening) external onlyCourt {
        bytes32 batchId = BatchDraw.batchId(verifier, opening);
        if (_known(batchId).deposit != 0) _open(batchId, verifier, opening);
    }

    /// @inheritdoc IVerifierRegistry
    function standingOf(address verifier) external view returns (Standing memory) {
        return _standings[verifier];
    }

    /// @inheritdoc IVerifierRegistry
    function stakeOf(address verifier) external view returns (uint256) {
        return _standings[verifier].stake;
    }

    /// @inheritdoc IVerifierRegistry
    function encryptionKeyOf(address verifier) external view returns (bytes32) {
        return _standings[verifier].encryptionKey;
    }

    /// @inheritdoc IVerifierRegistry
    function batch(bytes32 batchId) external view returns (Batch memory) {
        return _batches[batchId];
    }

    /// @inheritdoc IVerifierRegistry
    function batchCount(address verifier) external view returns (uint32) {
        return _standings[verifier].batches;
    }

    /// @inheritdoc IVerifierRegistry
    function isStaked(address verifier) public view returns (bool) {
        Standing storage standing = _standings[verifier];
        return standing.stake >= _minStake() && standing.leavableAt == 0;
    }

    /// @inheritdoc IVerifierRegistry
    function pool() public view returns (uint256) {
        return token.balanceOf(address(this)) - _held;
    }

    /// @inheritdoc IVerifierRegistry
    function refundLeft(uint256 modelId) public view returns (uint256) {
        (, , , uint256 cap) = parameters.verifierRates();
        Repaid storage repaid = _repaid[modelId];
        if (repaid.month != block.timestamp / MONTH) return cap;
        return Math.saturatingSub(cap, repaid.amount);
    }

    function _minStake() internal view returns (uint256 minStake) {
        (minStake, , , ) = parameters.verifierRates();
    }

    function _open(bytes32 batchId, address verifier, BatchOpening calldata opening) private returns (uint256 refund) {
        uint256 deposit = _batches[batchId].deposit;
        refund = _repay(opening.modelId);
        // Effect
        _batches[batchId].deposit = 0;
        _held -= deposit;
        emit BatchOpened(batchId, verifier, opening.modelId, opening, deposit, refund);
        // Interaction
        token.safeTransfer(verifier, deposit + refund);
    }

    /// @dev What the pool repays now for one batch on a model.
    function _repay(uint256 modelId) private returns (uint256 refund) {
        (, , refund, ) = parameters.verifierRates();
        refund = Math.min(Math.min(refund, pool()), refundLeft(modelId));
        if (refund == 0) return 0;
        Repaid storage repaid = _repaid[modelId];
        uint32 month = uint32(block.timestamp / MONTH);
        repaid.amount = repaid.month == month ? repaid.amount + refund.toUint96() : refund.toUint96();
        repaid.month = month;
    }

    function _known(bytes32 batchId) private view returns (Batch storage stored) {
        stored = _batches[batchId];
        if (stored.verifier == address(0)) revert VerifierRegistry_UnknownBatch(batchId);
    }
}
