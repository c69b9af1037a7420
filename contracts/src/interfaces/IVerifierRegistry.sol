// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a batch commitment hides until it is opened.
/// `batchId = keccak256(abi.encode(verifier, account, modelId, release, pairsRoot, itemCount, salt))`.
struct BatchOpening {
    address account;
    uint256 modelId;
    uint32 release; // whose code book the items ask, from 1
    bytes32 pairsRoot; // StandardMerkleTree over (uint256 i, address client, bytes32 requestNonce)
    uint32 itemCount;
    bytes32 salt;
}

struct Batch {
    address verifier;
    uint56 deposit; // what it paid; 0 once settled: returned or forfeited
    uint40 committedAt;
    uint64 beaconBlock; // 0 once drawn
    bytes32 beacon; // 0 until drawn
}

/// @notice What is on record about a verifier.
struct Standing {
    uint96 stake;
    uint40 leavableAt; // 0: not leaving
    uint32 batches; // committed, opened or not
    uint32 claimsWon; // SLASHED or PAID_LATE
    uint32 claimsLost; // LAPSED
    bytes32 encryptionKey; // X25519 public key that probes are sealed to
}

/// @notice Verifiers' stakes, standing and batches, and the inspection pool that repays opened batches.
interface IVerifierRegistry {
    event Staked(address indexed verifier, uint256 amount, uint256 stake, bytes32 encryptionKey);
    event UnstakeRequested(address indexed verifier, uint40 leavableAt);
    event Unstaked(address indexed verifier, uint256 amount);
    event BatchCommitted(
        bytes32 indexed batchId,
        address indexed verifier,
        uint32 ordinal,
        uint256 deposit,
        uint256 beaconBlock
    );
    event BatchDrawn(bytes32 indexed batchId, bytes32 beacon);
    event BatchOpened(
        bytes32 indexed batchId,
        address indexed verifier,
        uint256 indexed modelId,
        BatchOpening opening,
        uint256 deposit,
        uint256 refund
    );
    event BatchForfeited(bytes32 indexed batchId, address indexed verifier, uint256 deposit);
    event ClaimRecorded(address indexed verifier, bool won, uint32 claimsWon, uint32 claimsLost);

    error VerifierRegistry_NotStaked(address verifier);
    error VerifierRegistry_StakeTooLow(uint256 stake, uint256 minStake);
    error VerifierRegistry_NothingToUnstake(address verifier);
    error VerifierRegistry_TooEarly(uint256 readyAt);
    error VerifierRegistry_BatchExists(bytes32 batchId);
    error VerifierRegistry_UnknownBatch(bytes32 batchId);
    error VerifierRegistry_BeaconNotReady(uint256 beaconBlock);
    error VerifierRegistry_BeaconMissed(uint256 beaconBlock);
    error VerifierRegistry_BatchNotDrawn(bytes32 batchId);
    error VerifierRegistry_BatchSettled(bytes32 batchId);
    error VerifierRegistry_OpenWindowOver(uint256 endedAt);
    error VerifierRegistry_NotCourt(address caller);
    error VerifierRegistry_NotDeployer(address caller);
    error VerifierRegistry_AlreadyBound(address court);

    /// @notice Adds `amount` (needs an allowance) to msg.sender's stake, which must then reach the minimum, and names
    /// its encryption key.
    /// Ends an exit that was asked for.
    function stake(uint256 amount, bytes32 encryptionKey) external;
    /// @notice Stops counting as staked at once; the stake can be taken after the delay.
    function requestUnstake() external;
    function unstake() external returns (uint256 amount);
    /// @notice Commits a batch and pays its deposit, by a staked verifier. The beacon is the hash of block.number +
    /// beaconDelay.
    function commitBatch(bytes32 batchId) external;
    /// @notice Records the beacon, by anyone, within 256 blocks of the beacon block; later the batch can't be drawn any
    /// more.
    function drawBatch(bytes32 batchId) external returns (bytes32 beacon);
    /// @notice Opens a drawn batch of msg.sender: the deposit comes back, and a refund as far as the pool and the
    /// model's monthly cap reach.
    function openBatch(BatchOpening calldata opening) external returns (uint256 refund);
    /// @notice Anyone, after the open window: the deposit of an unopened batch falls to the pool.
    function forfeitBatch(bytes32 batchId) external;
    /// @notice Court only: opens a batch as part of an admitted claim, for its verifier; nothing where it is settled
    /// already.
    function openFor(address verifier, BatchOpening calldata opening) external;
    /// @notice Court only: a claim of this verifier ended.
    function recordClaim(address verifier, bool won) external;

    /// @notice Names the claim court, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);

    function standingOf(address verifier) external view returns (Standing memory);
    function stakeOf(address verifier) external view returns (uint256);
    /// @notice Stake at or above the minimum and not leaving.
    function isStaked(address verifier) external view returns (bool);
    function encryptionKeyOf(address verifier) external view returns (bytes32);
    /// @notice Seats on record. Whoever stakes keeps one seat until it has unstaked; an empty seat goes to the next one
    /// who stakes. So a
    /// seat never changes hands between two verifiers that are both staked, and nobody can move others by coming or
    /// leaving.
    function verifierCount() external view returns (uint256);
    /// @notice Who holds a seat, counted from 0; zero for an empty one. Ask `isStaked` too: a leaving verifier still
    /// holds its seat.
    function verifierAt(uint256 seat) external view returns (address);
    function batch(bytes32 batchId) external view returns (Batch memory);
    /// @notice Batches that a verifier committed, opened or not.
    function batchCount(address verifier) external view returns (uint32);
    /// @notice Money of the pool: what vaults and late fees paid in and forfeited deposits, not stakes or deposits.
    function pool() external view returns (uint256);
    /// @notice What the pool may still repay for batches on a model in this month of 30 days.
    function refundLeft(uint256 modelId) external view returns (uint256);
}
