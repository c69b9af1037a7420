// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IBeacon} from "../beacon/IBeacon.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Batch, BatchOpening, IVerifierRegistry, Standing} from "../interfaces/IVerifierRegistry.sol";
import {BatchDraw} from "../libraries/BatchDraw.sol";
import {BURNED} from "../libraries/Burned.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";

/// @title The part of the verifier registry that keeps batches.
abstract contract Batches is IVerifierRegistry {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    IParameters public immutable parameters;
    /// @inheritdoc IVerifierRegistry
    IBeacon public immutable beacon;
    address internal immutable _deployer;
    uint256 private immutable _batchOpenWindow;

    /// @inheritdoc IVerifierRegistry
    address public court;
    /// @inheritdoc IVerifierRegistry
    uint64 public batchCount;
    mapping(address verifier => Standing) internal _standings;
    mapping(bytes32 batchId => Batch) private _batches;

    modifier onlyCourt() {
        if (msg.sender != court) revert VerifierRegistry_NotCourt(msg.sender);
        _;
    }

    constructor(IParameters parameters_, IBeacon beacon_) {
        token = IERC20(parameters_.token());
        parameters = parameters_;
        beacon = beacon_;
        _deployer = msg.sender;
        _batchOpenWindow = parameters_.rules().batchOpenWindow;
    }

    /// @inheritdoc IVerifierRegistry
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert VerifierRegistry_NotDeployer(msg.sender);
        if (court != address(0)) revert VerifierRegistry_AlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc IVerifierRegistry
    function commitBatch(bytes32 openingHash) external returns (bytes32 batchId) {
        if (!isStaked(msg.sender)) revert VerifierRegistry_NotStaked(msg.sender);
        batchId = BatchDraw.batchId(msg.sender, openingHash);
        if (_batches[batchId].verifier != address(0)) revert VerifierRegistry_BatchExists(batchId);
        (, uint256 deposit, ) = parameters.verifierRates();
        uint64 number = ++batchCount;
        uint64 round = beacon.nextRound();
        _batches[batchId] = Batch({
            verifier: msg.sender,
            deposit: uint56(deposit), // rates stay below 2^50
            committedAt: uint40(block.timestamp),
            round: round,
            number: number,
            opened: false
        });
        emit BatchCommitted(batchId, msg.sender, number, deposit, round);
        // Interaction
        ExactTransfer.pull(token, msg.sender, deposit);
    }

    /// @inheritdoc IVerifierRegistry
    function openBatch(BatchOpening calldata opening) external {
        bytes32 batchId = BatchDraw.batchId(msg.sender, opening);
        Batch storage stored = _unsettled(batchId);
        if (!beacon.isPosted(stored.round)) revert VerifierRegistry_BatchNotDrawn(batchId);
        uint256 endsAt = stored.committedAt + _batchOpenWindow;
        if (block.timestamp > endsAt) revert VerifierRegistry_OpenWindowOver(endsAt);
        _open(batchId, stored, opening);
    }

    /// @inheritdoc IVerifierRegistry
    function closeBatch(bytes32 batchId) external {
        Batch storage stored = _unsettled(batchId);
        bool isVoid = beacon.isVoid(stored.round);
        if (!isVoid && !beacon.isPosted(stored.round)) revert VerifierRegistry_BatchNotDrawn(batchId);
        uint256 endsAt = stored.committedAt + _batchOpenWindow;
        if (!isVoid && block.timestamp <= endsAt) revert VerifierRegistry_TooEarly(endsAt + 1);
        // Effect
        uint256 deposit = stored.deposit;
        stored.deposit = 0;
        emit BatchClosed(batchId, stored.verifier, deposit, isVoid);
        // Interaction
        token.safeTransfer(isVoid ? stored.verifier : BURNED, deposit);
    }

    /// @inheritdoc IVerifierRegistry
    function openFor(address verifier, BatchOpening calldata opening) external onlyCourt {
        bytes32 batchId = BatchDraw.batchId(verifier, opening);
        Batch storage stored = _known(batchId);
        if (stored.deposit != 0) _open(batchId, stored, opening);
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
    function drawOf(bytes32 batchId) external view returns (bytes32 value, uint64 number) {
        Batch storage stored = _known(batchId);
        return (beacon.valueOf(stored.round), stored.number);
    }

    /// @inheritdoc IVerifierRegistry
    function isStaked(address verifier) public view returns (bool) {
        Standing storage standing = _standings[verifier];
        return standing.stake >= _minStake() && standing.leavableAt == 0;
    }

    function _minStake() internal view returns (uint256 minStake) {
        (minStake, , ) = parameters.verifierRates();
    }

    function _open(bytes32 batchId, Batch storage stored, BatchOpening calldata opening) private {
        (address verifier, uint256 deposit) = (stored.verifier, stored.deposit);
        // Effect
        (stored.deposit, stored.opened) = (0, true);
        emit BatchOpened(batchId, verifier, opening.modelId, opening, deposit);
        // Interaction
        token.safeTransfer(verifier, deposit);
    }

    function _unsettled(bytes32 batchId) private view returns (Batch storage stored) {
        stored = _known(batchId);
        if (stored.deposit == 0) revert VerifierRegistry_BatchSettled(batchId);
    }

    function _known(bytes32 batchId) private view returns (Batch storage stored) {
        stored = _batches[batchId];
        if (stored.verifier == address(0)) revert VerifierRegistry_UnknownBatch(batchId);
    }
}
