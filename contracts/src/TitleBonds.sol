// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILicenseRegistry, License, LicenseState} from "./interfaces/ILicenseRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {Hosting, ITermsRegistry, TermsKind} from "./interfaces/ITermsRegistry.sol";
import {ITitleBonds, TitleBond} from "./interfaces/ITitleBonds.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";
import {Exit, Exits} from "./libraries/Exits.sol";

/// @title Bonds for the titles of models, and what each license is covered for.
contract TitleBonds is ITitleBonds {
    using Exits for Exit;
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint256 private constant BPS = 10_000;

    IERC20 public immutable token;
    IParameters public immutable parameters;
    IERC721 public immutable models;
    ITermsRegistry public immutable terms;
    ILicenseRegistry public immutable licenses;
    address private immutable _deployer;
    uint40 private immutable _exitDelay;
    uint40 private immutable _exitWindow;

    /// @inheritdoc ITitleBonds
    address public court;
    /// @inheritdoc ITitleBonds
    mapping(uint256 licenseId => uint256) public coverOf;
    /// @inheritdoc ITitleBonds
    mapping(uint256 licenseId => uint256) public holds;
    mapping(uint256 modelId => TitleBond) private _bonds;

    modifier onlyCourt() {
        if (msg.sender != court) revert TitleBonds_NotCourt(msg.sender);
        _;
    }

    modifier onlyOwner(uint256 modelId) {
        if (models.ownerOf(modelId) != msg.sender) revert TitleBonds_NotOwner(modelId, msg.sender);
        _;
    }

    constructor(IParameters parameters_, IERC721 models_, ITermsRegistry terms_, ILicenseRegistry licenses_) {
        token = IERC20(parameters_.token());
        parameters = parameters_;
        models = models_;
        terms = terms_;
        licenses = licenses_;
        _deployer = msg.sender;
        _exitDelay = parameters_.rules().exitDelay;
        _exitWindow = parameters_.rules().exitWindow;
    }

    /// @inheritdoc ITitleBonds
    function bindCourt(address court_) external {
        if (msg.sender != _deployer) revert TitleBonds_NotDeployer(msg.sender);
        if (court != address(0)) revert TitleBonds_AlreadyBound(court);
        court = court_;
    }

    /// @inheritdoc ITitleBonds
    function post(uint256 modelId, uint256 amount) external {
        models.ownerOf(modelId); // reverts where there is no such model
        TitleBond storage stored = _bonds[modelId];
        uint256 bond = stored.bond + amount;
        uint256 least = parameters.minTitleBond();
        if (bond < least) revert TitleBonds_BondTooLow(bond, least);
        stored.bond = bond.toUint96();
        emit TitleBondPosted(modelId, msg.sender, amount, bond);
        // Interaction
        ExactTransfer.pull(token, msg.sender, amount);
    }

    /// @inheritdoc ITitleBonds
    function announceExit(uint256 modelId, uint256 amount) external onlyOwner(modelId) {
        TitleBond storage stored = _bonds[modelId];
        if (amount > stored.bond) revert TitleBonds_InsufficientBond(modelId, stored.bond, amount);
        uint40 ripeAt = stored.exit.announce(uint96(amount), _exitDelay);
        emit TitleExitAnnounced(modelId, amount, ripeAt, ripeAt + _exitWindow);
    }

    /// @inheritdoc ITitleBonds
    function withdraw(uint256 modelId) external onlyOwner(modelId) returns (uint256 amount) {
        TitleBond storage stored = _bonds[modelId];
        // Check and effect
        amount = stored.exit.takeRipe(_exitWindow, stored.bond - stored.reserved);
        stored.bond -= uint96(amount);
        emit TitleBondWithdrawn(modelId, msg.sender, amount, stored.bond);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ITitleBonds
    function reserve(uint256 licenseId) external returns (uint256 cover) {
        (, uint256 modelId, uint32 termsId, uint8 kind, LicenseState state) = licenses.partiesOf(licenseId);
        bool serves = kind == TermsKind.SERVE && state >= LicenseState.BONDED && state <= LicenseState.CLOSING;
        if (!serves) revert TitleBonds_NotServing(licenseId);
        Hosting memory asked = terms.hostingOf(termsId);
        TitleBond storage stored = _bonds[modelId];
        uint256 kept = uint256(stored.reserved) + stored.exit.standing(_exitWindow);
        cover = coverOf[licenseId];
        uint256 lacks = Math.saturatingSub((uint256(asked.bond) * asked.slashBps) / BPS, cover);
        _setCover(licenseId, modelId, cover + Math.min(lacks, Math.saturatingSub(stored.bond, kept)));
        return coverOf[licenseId];
    }

    /// @inheritdoc ITitleBonds
    function returnCover(uint256 licenseId) external {
        License memory it = licenses.license(licenseId);
        bool isOver = it.state == LicenseState.CLOSED || (it.state == LicenseState.SLASHED && it.closedAt == 0);
        if (!isOver) revert TitleBonds_NotOver(licenseId);
        if (holds[licenseId] != 0) revert TitleBonds_Held(licenseId);
        _setCover(licenseId, it.modelId, 0);
    }

    /// @inheritdoc ITitleBonds
    function hold(uint256 licenseId) external onlyCourt {
        ++holds[licenseId];
    }

    /// @inheritdoc ITitleBonds
    function unhold(uint256 licenseId) external onlyCourt {
        --holds[licenseId];
    }

    /// @inheritdoc ITitleBonds
    function take(uint256 licenseId, uint256 amount) external onlyCourt {
        // Check
        (, uint256 modelId, , , ) = licenses.partiesOf(licenseId);
        uint256 cover = coverOf[licenseId];
        if (amount > cover) revert TitleBonds_InsufficientBond(modelId, cover, amount);
        // Effect
        TitleBond storage stored = _bonds[modelId];
        stored.bond -= uint96(amount);
        stored.exit.cut(amount);
        _setCover(licenseId, modelId, cover - amount);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ITitleBonds
    function titleBondOf(uint256 modelId) external view returns (TitleBond memory stored) {
        stored = _bonds[modelId];
        if (_bonds[modelId].exit.standing(_exitWindow) == 0) stored.exit = Exit(0, 0);
    }

    function _setCover(uint256 licenseId, uint256 modelId, uint256 cover) private {
        TitleBond storage stored = _bonds[modelId];
        stored.reserved = (stored.reserved + cover - coverOf[licenseId]).toUint96();
        coverOf[licenseId] = cover;
        emit TitleCoverChanged(licenseId, modelId, cover, stored.reserved, stored.bond);
    }
}
