// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC3009} from "./interfaces/IDevDollar.sol";
import {ILicenseRegistry, License} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters, Values} from "./interfaces/IParameters.sol";
import {ExactPayment, IRevenueVault} from "./interfaces/IRevenueVault.sol";
import {StrictSignature} from "./libraries/StrictSignature.sol";

/// @title The vault of one license: a minimal clone whose registry and license id stand in its own code.
contract RevenueVault is IRevenueVault {
    using SafeERC20 for IERC20;

    struct Booking {
        address client;
        uint256 total;
    }

    bytes32 private constant TRANSFER_TYPEHASH =
        keccak256("TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)");
    uint256 private constant BPS = 10_000;

    /// @inheritdoc IRevenueVault
    address public immutable token;
    IModelRegistry private immutable _models;
    address private immutable _pool;
    address private immutable _treasury;
    uint16 private immutable _protocolFeeBps;
    uint16 private immutable _poolBps;

    /// @inheritdoc IRevenueVault
    mapping(bytes32 paymentRef => Booking) public booked;
    /// @inheritdoc IRevenueVault
    mapping(address payee => uint256) public owed;
    /// @inheritdoc IRevenueVault
    uint256 public totalOwed;

    constructor(IParameters parameters, IModelRegistry models, address pool) {
        Values memory values = parameters.values();
        token = parameters.token();
        _models = models;
        _pool = pool;
        _treasury = parameters.treasury();
        _protocolFeeBps = values.protocolFeeBps;
        _poolBps = values.poolBps;
    }

    /// @inheritdoc IRevenueVault
    function bookExact(ExactPayment calldata payment, bytes calldata signature) external returns (bytes32 paymentRef) {
        address recovered = StrictSignature.signerOf(_transferDigest(payment), signature);
        if (recovered == address(0) || recovered != payment.from) revert RevenueVault_InvalidSignature(recovered, payment.from);
        paymentRef = keccak256(abi.encode("exact", token, payment.from, payment.nonce));
        Booking storage booking = booked[paymentRef];
        // A payer may sign several values under one nonce: the smallest, booked first, must not keep the others out.
        if (booking.client == address(0) || payment.value > booking.total) {
            booking.client = payment.from;
            booking.total = payment.value;
            emit Booked(paymentRef, payment.from, payment.value, msg.sender);
        }
        // A nonce that its payer cancelled reads as used. Only that payer can do so, and only its own accusation is weakened by it.
        if (!IERC3009(token).authorizationState(payment.from, payment.nonce)) {
            IERC3009(token).transferWithAuthorization(
                payment.from, address(this), payment.value, payment.validAfter, payment.validBefore, payment.nonce, signature
            );
        }
    }

    /// @inheritdoc IRevenueVault
    function distribute() external returns (uint256 gross) {
        gross = IERC20(token).balanceOf(address(this)) - totalOwed;
        if (gross == 0) revert RevenueVault_NothingToDistribute();
        (address owner, address host, uint16 ownerShareBps) = _payees();
        uint256 protocolFee = gross * _protocolFeeBps / BPS;
        uint256 pool = gross * _poolBps / BPS;
        uint256 ownerShare = (gross - protocolFee - pool) * ownerShareBps / BPS;
        uint256 hostShare = gross - protocolFee - pool - ownerShare; // and every rounding remainder
        totalOwed += gross;
        owed[_treasury] += protocolFee;
        owed[_pool] += pool;
        owed[owner] += ownerShare;
        owed[host] += hostShare;
        emit Distributed(gross, protocolFee, pool, ownerShare, hostShare, owner, host);
    }

    /// @inheritdoc IRevenueVault
    function withdraw(address payee) external returns (uint256 amount) {
        amount = owed[payee];
        if (amount == 0) revert RevenueVault_NothingOwed(payee);
        owed[payee] = 0;
        totalOwed -= amount;
        emit Withdrawn(payee, amount);
        IERC20(token).safeTransfer(payee, amount);
    }

    /// @inheritdoc IRevenueVault
    function licenseId() external view returns (uint256 id) {
        (, id) = _args();
    }

    /// @inheritdoc IRevenueVault
    function registry() external view returns (address registry_) {
        (registry_,) = _args();
    }

    function _transferDigest(ExactPayment calldata payment) private view returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(
                TRANSFER_TYPEHASH, payment.from, address(this), payment.value, payment.validAfter, payment.validBefore, payment.nonce
            )
        );
        return keccak256(abi.encodePacked(hex"1901", IERC20Permit(token).DOMAIN_SEPARATOR(), structHash));
    }

    function _payees() private view returns (address owner, address host, uint16 ownerShareBps) {
        (address registry_, uint256 id) = _args();
        License memory license = ILicenseRegistry(registry_).license(id);
        owner = IERC721(address(_models)).ownerOf(license.modelId);
        return (owner, license.account, _models.termsOf(license.modelId).ownerShareBps);
    }

    function _args() private view returns (address registry_, uint256 id) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (address, uint256));
    }
}
