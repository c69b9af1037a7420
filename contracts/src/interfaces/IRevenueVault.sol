// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice An EIP-3009 `TransferWithAuthorization` into this vault.
struct ExactPayment {
    address from;
    uint256 value;
    uint256 validAfter;
    uint256 validBefore;
    bytes32 nonce;
}

/// @notice The payee address of one license: a minimal clone. Money that reaches it can only leave split among those entitled.
interface IRevenueVault {
    event Booked(bytes32 indexed paymentRef, address indexed client, uint256 total, address indexed booker);
    event Distributed(uint256 gross, uint256 protocolFee, uint256 pool, uint256 owner, uint256 host, address ownerPayee, address hostPayee);
    event Withdrawn(address indexed payee, uint256 amount);

    error RevenueVault_InvalidSignature(address recovered, address from);
    error RevenueVault_NothingToDistribute();
    error RevenueVault_NothingOwed(address payee);

    /// @notice Books an x402 `exact` payment, by anyone: ECDSA recovers `from` (65 bytes, v 27/28, low s), `to` is this vault, and the
    /// authorization is used, by this call if not before. Idempotent. `paymentRef = keccak256(abi.encode("exact", token, from, nonce))`.
    function bookExact(ExactPayment calldata payment, bytes calldata signature) external returns (bytes32 paymentRef);
    /// @notice Splits what arrived since the last call, by anyone: protocol fee, inspection pool, owner of the model token, host account.
    function distribute() external returns (uint256 gross);
    /// @notice Pays `payee` what it is owed, by anyone.
    function withdraw(address payee) external returns (uint256 amount);

    /// @notice Who paid under a reference, and the total booked; zero if nothing is.
    function booked(bytes32 paymentRef) external view returns (address client, uint256 total);
    function owed(address payee) external view returns (uint256);
    function totalOwed() external view returns (uint256);
    function licenseId() external view returns (uint256);
    function token() external view returns (address);
    function registry() external view returns (address);
}
