// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a batch commitment hides until it is opened.
/// `batchId = keccak256(abi.encode(verifier, account, modelId, pairsRoot, itemCount, salt))`.
struct BatchOpening {
    address account;
    uint256 modelId;
    bytes32 pairsRoot; // StandardMerkleTree over (uint256 i, address client, bytes32 requestNonce)
    uint256 itemCount;
    bytes32 salt;
}

struct Batch {
    address verifier;
    uint64 committedAt;
    uint64 beaconBlock;
    bool settled; // deposit returned or forfeited
    uint32 ordinal; // this verifier's batches up to and with this one
    bytes32 beacon;
}

/// @notice Verifiers' stakes and batches, and the inspection pool that repays opened ones.
interface IVerifierRegistry {
    event Staked(address indexed verifier, uint256 amount, uint256 stake, bytes32 encryptionKey);
    event UnstakeRequested(address indexed verifier, uint64 leavableAt);
    event Unstaked(address indexed verifier, uint256 amount);
    event BatchCommitted(bytes32 indexed batchId, address indexed verifier, uint32 ordinal, uint256 beaconBlock);
    event BatchDrawn(bytes32 indexed batchId, bytes32 beacon);
    event BatchOpened(bytes32 indexed batchId, address indexed account, uint256 indexed modelId, BatchOpening opening, uint256 refund);
    event BatchForfeited(bytes32 indexed batchId, uint256 deposit);

    error VerifierRegistry_NotStaked(address verifier);
    error VerifierRegistry_StakeTooLow(uint256 stake, uint256 minStake);
    error VerifierRegistry_NothingToUnstake(address verifier);
    error VerifierRegistry_TooEarly(uint64 readyAt);
    error VerifierRegistry_BatchExists(bytes32 batchId);
    error VerifierRegistry_UnknownBatch(bytes32 batchId);
    error VerifierRegistry_BeaconNotReady(uint256 beaconBlock);
    error VerifierRegistry_BeaconMissed(uint256 beaconBlock);
    error VerifierRegistry_BatchNotDrawn(bytes32 batchId);
    error VerifierRegistry_BatchSettled(bytes32 batchId);
    error VerifierRegistry_OpenWindowOver(uint64 endedAt);
    error VerifierRegistry_NotCourt(address caller);
    error VerifierRegistry_CourtAlreadyBound(address court);

    function stake(uint256 amount, bytes32 encryptionKey) external;
    function requestUnstake() external;
    function unstake() external returns (uint256 amount);
    /// @notice Commits a batch and pays its deposit. The beacon is the hash of block.number + beaconDelay.
    function commitBatch(bytes32 batchId) external;
    function drawBatch(bytes32 batchId) external returns (bytes32 beacon);
    /// @notice Opens a drawn batch of msg.sender: the deposit comes back, and a refund as far as the pool reaches.
    function openBatch(BatchOpening calldata opening) external returns (uint256 refund);
    /// @notice Anyone, after the open window: the deposit of an unopened batch falls to the pool.
    function forfeitBatch(bytes32 batchId) external;
    /// @notice Court only: opens a batch as part of an admitted claim, for its verifier; nothing where it is settled already.
    function openFor(address verifier, BatchOpening calldata opening) external;

    /// @notice Names the claim court, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);

    function stakeOf(address verifier) external view returns (uint256);
    /// @notice Stake at or above the minimum and not leaving.
    function isStaked(address verifier) external view returns (bool);
    function encryptionKeyOf(address verifier) external view returns (bytes32);
    function batch(bytes32 batchId) external view returns (Batch memory);
    function batchCount(address verifier) external view returns (uint32);
    /// @notice Money of the pool: what vaults paid in and forfeited deposits, not stakes or deposits.
    function pool() external view returns (uint256);
}
