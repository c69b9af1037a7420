// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Where x402 has its channel contract and the collector of EIP-3009 deposits, on every chain.
address constant BATCH_SETTLEMENT = 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003;
address constant ERC3009_DEPOSIT_COLLECTOR = 0x4020806089470a89826cB9fB1f4059150b550004;

/// @notice Everything about a channel that never changes; its EIP-712 hash is the channel id.
struct ChannelConfig {
    address payer; // who deposits, and gets the rest back
    address payerAuthorizer; // whose ECDSA key signs vouchers; zero: the payer itself signs, also by ERC-1271
    address receiver;
    address receiverAuthorizer; // may claim and refund for the receiver, also by signature
    address token;
    uint40 withdrawDelay; // seconds between asking for the rest and getting it, 15 minutes to 30 days
    bytes32 salt;
}

struct Voucher {
    ChannelConfig channel;
    uint128 maxClaimableAmount; // cumulative
}

struct VoucherClaim {
    Voucher voucher;
    bytes signature;
    uint128 totalClaimed; // cumulative: what was charged, at most what the voucher allows
}

/// @notice The channel contract of x402's `batch-settlement` scheme, as its official clients call it. Names follow
/// them.
/// EIP-712 domain: "x402 Batch Settlement", version "1", chain id, this contract.
interface IBatchSettlement {
    event ChannelCreated(bytes32 indexed channelId, ChannelConfig config);
    event ChannelClosed(bytes32 indexed channelId, ChannelConfig config);
    event Deposited(bytes32 indexed channelId, address indexed sender, uint128 amount, uint128 newBalance);
    event Claimed(bytes32 indexed channelId, address indexed sender, uint128 claimAmount, uint128 newTotalClaimed);
    event Settled(address indexed receiver, address indexed token, address indexed sender, uint128 amount);
    event Refunded(bytes32 indexed channelId, address indexed sender, uint128 amount);
    event WithdrawInitiated(bytes32 indexed channelId, uint128 amount, uint40 finalizeAfter);
    event WithdrawFinalized(bytes32 indexed channelId, address indexed sender, uint128 amount);

    error InvalidChannel();
    error ZeroDeposit();
    error DepositOverflow();
    error InvalidSignature();
    error NotReceiverAuthorizer();
    error NotAuthorizedToClaim();
    error NotAuthorizedToRefund();
    error ClaimExceedsCeiling();
    error ClaimExceedsBalance();
    error WithdrawalAlreadyPending();
    error WithdrawalNotPending();
    error NotAuthorizedToFinalizeWithdraw();
    error WithdrawDelayNotElapsed();
    error NothingToWithdraw();
    error WithdrawAmountExceedsAvailable();
    error WithdrawDelayOutOfRange();
    error EmptyBatch();
    error DepositCollectionFailed();
    error InvalidCollector();
    error InvalidRefundNonce();
    error ZeroRefund();

    /// @notice Deposits `amount` by whatever collector brings exactly that much of the token here; opens the channel
    /// the first time.
    function deposit(
        ChannelConfig calldata config,
        uint128 amount,
        address collector,
        bytes calldata collectorData
    ) external;
    /// @notice Raises channels to what was charged, by receiver or receiver authorizer of each. A row that raises
    /// nothing is skipped
    /// unchecked; one that is wrong reverts them all.
    function claim(VoucherClaim[] calldata voucherClaims) external;
    /// @notice The same by anyone, with the signature of the one receiver authorizer over EIP-712 `ClaimBatch`.
    function claimWithSignature(VoucherClaim[] calldata voucherClaims, bytes calldata authorizerSignature) external;
    /// @notice Pays a receiver everything claimed for it, by anyone; nothing to pay is no error.
    function settle(address receiver, address token) external;
    /// @notice Asks for a part of what is not claimed, by payer or payer authorizer.
    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external;
    /// @notice Pays the payer, after the delay, what it asked for as far as it is still not claimed; by payer or payer
    /// authorizer.
    function finalizeWithdraw(ChannelConfig calldata config) external;
    /// @notice Gives back a part of what is not claimed, by receiver or receiver authorizer; lowers a pending
    /// withdrawal by as much.
    function refund(ChannelConfig calldata config, uint128 amount) external;
    /// @notice The same by anyone, with the receiver authorizer's signature over EIP-712 `Refund` and the channel's
    /// refund nonce.
    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata receiverAuthorizerSignature
    ) external;
    /// @notice Several calls in one.
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);

    /// @notice `balance` counts every deposit less what went back; `totalClaimed` of it belongs to the receiver.
    function channels(bytes32 channelId) external view returns (uint128 balance, uint128 totalClaimed);
    function pendingWithdrawals(bytes32 channelId) external view returns (uint128 amount, uint40 initiatedAt);
    function refundNonce(bytes32 channelId) external view returns (uint256);
    function receivers(
        address receiver,
        address token
    ) external view returns (uint128 totalClaimed, uint128 totalSettled);
    function getChannelId(ChannelConfig calldata config) external view returns (bytes32);
    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) external view returns (bytes32);
    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) external view returns (bytes32);
    function getClaimBatchDigest(VoucherClaim[] calldata voucherClaims) external view returns (bytes32);
    // solhint-disable func-name-mixedcase
    function CHANNEL_CONFIG_TYPEHASH() external view returns (bytes32);
    function VOUCHER_TYPEHASH() external view returns (bytes32);
    function REFUND_TYPEHASH() external view returns (bytes32);
    function CLAIM_ENTRY_TYPEHASH() external view returns (bytes32);
    function CLAIM_BATCH_TYPEHASH() external view returns (bytes32);
    function MIN_WITHDRAW_DELAY() external view returns (uint40);
    function MAX_WITHDRAW_DELAY() external view returns (uint40);
}

/// @notice Brings a deposit to the channel contract.
interface IDepositCollector {
    /// @notice Moves exactly `amount` of `payer`'s token to msg.sender, the channel contract. `collectorData` is the
    /// collector's own.
    function collect(
        address payer,
        address token,
        uint256 amount,
        bytes32 channelId,
        bytes calldata collectorData
    ) external;
}
