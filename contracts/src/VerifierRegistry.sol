// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters, Values} from "./interfaces/IParameters.sol";
import {Batch, BatchOpening, IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {Beacon} from "./libraries/Beacon.sol";
import {Evidence} from "./libraries/Evidence.sol";

/// @title Verifiers' stakes and batches. What the contract holds beyond stakes and deposits is the inspection pool.
contract VerifierRegistry is IVerifierRegistry {
    using SafeERC20 for IERC20;

    struct Verifier {
        uint256 stake;
        uint64 leavableAt; // 0: not leaving
        uint32 batchCount;
        bytes32 encryptionKey;
    }

    IERC20 public immutable token;
    address private immutable _deployer;
    uint256 private immutable _minStake;
    uint256 private immutable _batchDeposit;
    uint256 private immutable _batchRefund;
    uint64 private immutable _batchOpenWindow;
    uint64 private immutable _unstakeDelay;
    uint64 private immutable _beaconDelay;

    /// @notice The claim court, bound once by the deployer.
    address public court;
    uint256 private _held; // stakes and open deposits
    mapping(address verifier => Verifier) private _verifiers;
    mapping(bytes32 batchId => Batch) private _batches;

    constructor(IParameters parameters) {
        Values memory values = parameters.values();
        token = IERC20(parameters.token());
        _deployer = msg.sender;
        _minStake = values.minStake;
        _batchDeposit = values.batchDeposit;
        _batchRefund = values.batchRefund;
        _batchOpenWindow = values.batchOpenWindow;
        _unstakeDelay = values.unstakeDelay;
        _beaconDelay = values.beaconDelay;
    }

    /// @inheritdoc IVerifierRegistry
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert VerifierRegistry_NotCourt(msg.sender);
        if (court != address(0)) revert VerifierRegistry_CourtAlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc IVerifierRegistry
    function stake(uint256 amount, bytes32 encryptionKey) external {
        Verifier storage verifier = _verifiers[msg.sender];
        verifier.stake += amount;
        if (verifier.stake < _minStake) revert VerifierRegistry_StakeTooLow(verifier.stake, _minStake);
        verifier.leavableAt = 0;
        verifier.encryptionKey = encryptionKey;
        _held += amount;
        emit Staked(msg.sender, amount, verifier.stake, encryptionKey);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IVerifierRegistry
    function requestUnstake() external {
        Verifier storage verifier = _verifiers[msg.sender];
        if (verifier.stake == 0) revert VerifierRegistry_NothingToUnstake(msg.sender);
        verifier.leavableAt = uint64(block.timestamp) + _unstakeDelay;
        emit UnstakeRequested(msg.sender, verifier.leavableAt);
    }

    /// @inheritdoc IVerifierRegistry
    function unstake() external returns (uint256 amount) {
        Verifier storage verifier = _verifiers[msg.sender];
        amount = verifier.stake;
        if (amount == 0 || verifier.leavableAt == 0) revert VerifierRegistry_NothingToUnstake(msg.sender);
        if (block.timestamp < verifier.leavableAt) revert VerifierRegistry_TooEarly(verifier.leavableAt);
        verifier.stake = 0;
        verifier.leavableAt = 0;
        _held -= amount;
        emit Unstaked(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IVerifierRegistry
    function commitBatch(bytes32 batchId) external {
        if (!isStaked(msg.sender)) revert VerifierRegistry_NotStaked(msg.sender);
        if (_batches[batchId].verifier != address(0)) revert VerifierRegistry_BatchExists(batchId);
        uint32 ordinal = ++_verifiers[msg.sender].batchCount;
        uint64 beaconBlock = uint64(block.number) + _beaconDelay;
        _batches[batchId] = Batch({
            verifier: msg.sender,
            committedAt: uint64(block.timestamp),
            beaconBlock: beaconBlock,
            settled: false,
            ordinal: ordinal,
            beacon: 0
        });
        _held += _batchDeposit;
        emit BatchCommitted(batchId, msg.sender, ordinal, beaconBlock);
        token.safeTransferFrom(msg.sender, address(this), _batchDeposit);
    }

    /// @inheritdoc IVerifierRegistry
    function drawBatch(bytes32 batchId) external returns (bytes32 beacon) {
        Batch storage stored = _known(batchId);
        if (stored.beacon != 0) return stored.beacon;
        if (!Beacon.isReady(stored.beaconBlock)) revert VerifierRegistry_BeaconNotReady(stored.beaconBlock);
        beacon = Beacon.hashAt(stored.beaconBlock);
        if (beacon == 0) revert VerifierRegistry_BeaconMissed(stored.beaconBlock);
        stored.beacon = beacon;
        emit BatchDrawn(batchId, beacon);
    }

    /// @inheritdoc IVerifierRegistry
    function openBatch(BatchOpening calldata opening) external returns (uint256 refund) {
        bytes32 batchId = Evidence.batchId(msg.sender, opening);
        Batch storage stored = _known(batchId);
        if (stored.beacon == 0) revert VerifierRegistry_BatchNotDrawn(batchId);
        if (stored.settled) revert VerifierRegistry_BatchSettled(batchId);
        uint64 endsAt = stored.committedAt + _batchOpenWindow;
        if (block.timestamp > endsAt) revert VerifierRegistry_OpenWindowOver(endsAt);
        return _settle(batchId, msg.sender, opening);
    }

    /// @inheritdoc IVerifierRegistry
    function forfeitBatch(bytes32 batchId) external {
        Batch storage stored = _known(batchId);
        if (stored.settled) revert VerifierRegistry_BatchSettled(batchId);
        uint64 endsAt = stored.committedAt + _batchOpenWindow;
        if (block.timestamp <= endsAt) revert VerifierRegistry_TooEarly(endsAt);
        stored.settled = true;
        _held -= _batchDeposit;
        emit BatchForfeited(batchId, _batchDeposit);
    }

    /// @inheritdoc IVerifierRegistry
    function openFor(address verifier, BatchOpening calldata opening) external {
        if (msg.sender != court) revert VerifierRegistry_NotCourt(msg.sender);
        bytes32 batchId = Evidence.batchId(verifier, opening);
        // An admitted claim must not fail because its batch was opened or forfeited before.
        if (!_known(batchId).settled) _settle(batchId, verifier, opening);
    }

    /// @inheritdoc IVerifierRegistry
    function stakeOf(address verifier) external view returns (uint256) {
        return _verifiers[verifier].stake;
    }

    /// @inheritdoc IVerifierRegistry
    function encryptionKeyOf(address verifier) external view returns (bytes32) {
        return _verifiers[verifier].encryptionKey;
    }

    /// @inheritdoc IVerifierRegistry
    function batch(bytes32 batchId) external view returns (Batch memory) {
        return _batches[batchId];
    }

    /// @inheritdoc IVerifierRegistry
    function batchCount(address verifier) external view returns (uint32) {
        return _verifiers[verifier].batchCount;
    }

    /// @inheritdoc IVerifierRegistry
    function isStaked(address verifier) public view returns (bool) {
        return _verifiers[verifier].stake >= _minStake && _verifiers[verifier].leavableAt == 0;
    }

    /// @inheritdoc IVerifierRegistry
    function pool() public view returns (uint256) {
        return token.balanceOf(address(this)) - _held;
    }

    function _settle(bytes32 batchId, address verifier, BatchOpening calldata opening) private returns (uint256 refund) {
        refund = Math.min(_batchRefund, pool());
        _batches[batchId].settled = true;
        _held -= _batchDeposit;
        emit BatchOpened(batchId, opening.account, opening.modelId, opening, refund);
        token.safeTransfer(verifier, _batchDeposit + refund);
    }

    function _known(bytes32 batchId) private view returns (Batch storage stored) {
        stored = _batches[batchId];
        if (stored.verifier == address(0)) revert VerifierRegistry_UnknownBatch(batchId);
    }
}
